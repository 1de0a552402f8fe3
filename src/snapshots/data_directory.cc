#include "snapshots/data_directory.h"

#include <stdexcept>
#include <string>

#include "base/files.h"
#include "snapshots/staged_state.h"
#include "store/directory_lock.h"
#include "store/store.h"

namespace ddblog::snapshots {
namespace {

namespace fs = std::filesystem;

// SQLite's files beside the archive belong to that very file, so they go with it.
void removeArchive(const fs::path& directory) {
  for (const char* end : {"-wal", "-shm", "-journal", ""}) fs::remove(directory / (std::string(kArchiveName) + end));
}

// Moves the loaded files to their places. Those that an earlier attempt moved are no longer in
// loaded/.
void takeLoaded(const fs::path& directory) {
  const fs::path loaded = directory / kLoadedName;
  if (fs::exists(loaded / kStoreName)) {
    fs::remove_all(directory / kStoreName);
    fs::rename(loaded / kStoreName, directory / kStoreName);
  }
  if (fs::exists(loaded / kArchiveName)) {
    removeArchive(directory);
    fs::rename(loaded / kArchiveName, directory / kArchiveName);
  }
  syncDirectory(directory);
  fs::remove_all(loaded);
}

// SQLite's files beside the archive go with it.
void moveArchive(const std::string& from, const std::string& to) {
  for (const char* end : {"-wal", "-shm", "-journal", ""}) {
    if (fs::exists(from + end)) fs::rename(from + end, to + end);
  }
}

void removeContents(const fs::path& directory) {
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    if (entry.path().filename() != kLockName) fs::remove_all(entry.path());
  }
  fs::remove(directory / kLockName);
  fs::remove(directory);
}

fs::path pathBeside(const fs::path& directory) {
  std::string beginning = fs::absolute(directory).lexically_normal().string();
  while (beginning.size() > 1 && beginning.ends_with('/')) beginning.pop_back();
  for (int number = 1;; ++number) {
    const fs::path path = beginning + "-archive" + (number > 1 ? "-" + std::to_string(number) : "") + ".sqlite";
    if (!fs::exists(path)) return path;
  }
}

void moveLoadedIntoPlace(const fs::path& directory) {
  fs::remove_all(directory / kLoadingName);
  if (fs::exists(directory / kLoadedName)) takeLoaded(directory);
}

}  // namespace

bool isOfDataDirectory(std::string_view name) {
  for (const std::string_view ours : {kLockName, kStoreName, kArchiveName, kLoadingName, kLoadedName}) {
    if (name == ours) return true;
  }
  return name.starts_with(std::string(kArchiveName) + "-") || name.starts_with(std::string(kArchiveName) + ".damaged");
}

void checkDataDirectory(const fs::path& directory) {
  const std::string shown = directory.string();
  if (!fs::exists(directory)) throw std::invalid_argument("There is no data directory " + shown + ".");
  if (fs::is_symlink(directory) || !fs::is_directory(directory)) {
    throw std::invalid_argument(shown + " is not a directory.");
  }
  if (!fs::is_regular_file(directory / kLockName)) {
    throw std::invalid_argument(shown + " is not a data directory of dynamodb-log (it has no " +
                                std::string(kLockName) + "). Nothing was changed.");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (!isOfDataDirectory(name)) {
      throw std::invalid_argument(shown + " also contains " + name +
                                  ", which dynamodb-log did not create. Nothing was changed; move it elsewhere first.");
    }
  }
}

void removeDataDirectory(const fs::path& directory) {
  checkDataDirectory(directory);
  const DirectoryLock lock(directory);
  removeContents(directory);
}

fs::path removeDataButArchive(const fs::path& directory) {
  checkDataDirectory(directory);
  const DirectoryLock lock(directory);
  moveLoadedIntoPlace(directory);
  fs::path kept;
  if (fs::exists(directory / kArchiveName)) {
    kept = pathBeside(directory);
    moveArchive((directory / kArchiveName).string(), kept.string());
    syncDirectory(kept.parent_path());
  }
  removeContents(directory);
  return kept;
}

void finishInterruptedLoad(const fs::path& directory) {
  if (!fs::exists(directory / kLoadingName) && !fs::exists(directory / kLoadedName)) return;
  const DirectoryLock lock(directory);
  moveLoadedIntoPlace(directory);
}

bool holdsState(const fs::path& directory) {
  return fs::exists(directory / kStoreName) || fs::exists(directory / kArchiveName) ||
         fs::exists(directory / kLoadedName);
}

void checkStoreIsThere(const fs::path& directory) {
  const fs::path store = directory / kStoreName;
  if (!fs::exists(directory / kArchiveName) || (fs::exists(store) && !fs::is_empty(store))) return;
  throw StoreDamaged(store.string() + " is missing or empty, but " + (directory / kArchiveName).string() +
                     " is there: all tables are lost");
}

std::filesystem::path putArchiveAside(const fs::path& directory) {
  const std::string archive = (directory / kArchiveName).string();
  const std::string aside = pathForDamaged(archive).string();
  moveArchive(archive, aside);
  syncDirectory(directory);
  return aside;
}

void loadSnapshot(SnapshotReader& snapshot, const fs::path& directory, const Advance& advance) {
  const DirectoryLock lock(directory);
  moveLoadedIntoPlace(directory);
  StagedState state(directory);
  state.build(snapshot, advance);
  state.commit();
  takeLoaded(directory);
}

}  // namespace ddblog::snapshots
