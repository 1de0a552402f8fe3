#include "snapshots/data_directory.h"

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <string>

#include "base/files.h"
#include "services/eventbridge/archive/archive_file.h"
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
  fs::remove(fs::canonical(directory));  // rmdir(2) refuses "."
}

// What follows the archive's name in the names of the archives, and of SQLite's files beside them.
std::vector<std::string> endsOfArchives(const fs::path& directory) {
  std::vector<std::string> ends;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kArchiveName)) ends.push_back(name.substr(kArchiveName.size()));
  }
  return ends;
}

bool isBesideArchive(const std::string& end) {
  return end.ends_with("-wal") || end.ends_with("-shm") || end.ends_with("-journal");
}

// SQLite would take a file with one of these names for its own.
bool isTaken(const std::string& path, const std::vector<std::string>& ends) {
  const auto exists = [&](const std::string& end) { return fs::exists(path + end); };
  return std::ranges::any_of(std::array<std::string, 4>{"", "-wal", "-shm", "-journal"}, exists) ||
         std::ranges::any_of(ends, exists);
}

std::string pathBeside(const fs::path& directory, const std::vector<std::string>& ends) {
  std::string beginning = fs::absolute(directory).lexically_normal().string();
  while (beginning.size() > 1 && beginning.ends_with('/')) beginning.pop_back();
  for (int number = 1;; ++number) {
    std::string path = beginning + "-archive" + (number > 1 ? "-" + std::to_string(number) : "") + ".sqlite";
    if (!isTaken(path, ends)) return path;
  }
}

// Puts what SQLite has written beside the archive into it, so that one rename moves all of it.
void makeOneFile(const fs::path& archive) {
  if (!fs::exists(archive.string() + "-wal")) return;
  try {
    const eventbridge::ArchiveFile file(archive);
  } catch (const eventbridge::ArchiveFailed&) {  // damaged: its files are moved as they are
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

bool holdsArchive(const fs::path& directory) {
  return std::ranges::any_of(endsOfArchives(directory), [](const auto& end) { return !isBesideArchive(end); });
}

std::vector<fs::path> removeDataButArchives(const fs::path& directory) {
  checkDataDirectory(directory);
  const DirectoryLock lock(directory);
  moveLoadedIntoPlace(directory);
  std::vector<fs::path> kept;
  if (holdsArchive(directory)) {
    makeOneFile(directory / kArchiveName);
    std::vector<std::string> ends = endsOfArchives(directory);
    std::ranges::sort(ends, std::greater<>());  // an archive after the files beside it
    const std::string target = pathBeside(directory, ends);
    for (const std::string& end : ends) {
      fs::rename((directory / kArchiveName).string() + end, target + end);
      if (!isBesideArchive(end)) kept.insert(kept.begin(), target + end);
    }
    syncDirectory(fs::path(target).parent_path());
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
