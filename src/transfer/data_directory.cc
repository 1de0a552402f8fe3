#include "transfer/data_directory.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "eventbridge/archive_file.h"
#include "store/directory_lock.h"
#include "store/store_builder.h"
#include "transfer/fields.h"
#include "transfer/files.h"

namespace ddblog::transfer {
namespace {

namespace fs = std::filesystem;

// SQLite's files beside the archive belong to the file that they lie beside.
void removeArchive(const fs::path& directory) {
  for (const char* end : {"-wal", "-shm", "-journal", ""}) fs::remove(directory / (std::string(kArchiveName) + end));
}

// Puts what was loaded into its places. Whatever of it was done before is not in `loaded` any more.
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

void settle(const fs::path& directory) {
  fs::remove_all(directory / kLoadingName);
  if (fs::exists(directory / kLoadedName)) takeLoaded(directory);
}

void addEntries(SnapshotReader& snapshot, std::string_view content, StoreBuilder& builder) {
  try {
    for (FieldReader fields(content); !fields.isAtEnd();) {
      const std::string_view key = fields.next();
      builder.put(key, fields.next());
    }
  } catch (const StoreFailed&) {
    throw;
  } catch (const std::exception& e) {
    snapshot.refuse(e.what());
  }
}

std::vector<eventbridge::ArchivedEvent> eventsOf(SnapshotReader& snapshot, std::string_view content) {
  std::vector<eventbridge::ArchivedEvent> events;
  try {
    for (FieldReader fields(content); !fields.isAtEnd();) {
      eventbridge::ArchivedEvent& event = events.emplace_back();
      for (std::string* text : {&event.created_at, &event.log, &event.type, &event.event, &event.event_id}) {
        *text = fields.next();
      }
    }
  } catch (const std::exception& e) {
    snapshot.refuse(e.what());
  }
  return events;
}

// The snapshot's state in a directory of its own, all of it on the disk when this returns.
void build(SnapshotReader& snapshot, const fs::path& directory, const Advance& advance) {
  StoreBuilder builder(directory);
  eventbridge::ArchiveFile archive(directory / kArchiveName);
  BlockKind kind{};
  std::string content;
  std::uint64_t told = 0;
  while (snapshot.next(kind, content)) {
    if (kind == BlockKind::kStore) {
      addEntries(snapshot, content, builder);
    } else {
      archive.add(eventsOf(snapshot, content));
    }
    advance(snapshot.bytes() - told);
    told = snapshot.bytes();
  }
  try {
    builder.finish();
  } catch (const std::invalid_argument& e) {
    snapshot.refuse(e.what());
  }
}

}  // namespace

bool isOfDataDirectory(std::string_view name) {
  for (const std::string_view ours : {kLockName, kStoreName, kArchiveName, kLoadingName, kLoadedName}) {
    if (name == ours) return true;
  }
  return name.starts_with(std::string(kArchiveName) + "-");
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
      throw std::invalid_argument(shown + " also holds " + name +
                                  ", which dynamodb-log did not put there. Nothing was changed; move it away first.");
    }
  }
}

void removeDataDirectory(const fs::path& directory) {
  checkDataDirectory(directory);
  const DirectoryLock lock(directory);
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    if (entry.path().filename() != kLockName) fs::remove_all(entry.path());
  }
  fs::remove(directory / kLockName);
  fs::remove(directory);
}

void settleDataDirectory(const fs::path& directory) {
  if (!fs::exists(directory / kLoadingName) && !fs::exists(directory / kLoadedName)) return;
  const DirectoryLock lock(directory);
  settle(directory);
}

bool holdsState(const fs::path& directory) {
  return fs::exists(directory / kStoreName) || fs::exists(directory / kArchiveName) ||
         fs::exists(directory / kLoadedName);
}

void loadSnapshot(SnapshotReader& snapshot, const fs::path& directory, const Advance& advance) {
  const DirectoryLock lock(directory);
  settle(directory);
  const fs::path loading = directory / kLoadingName;
  try {
    fs::create_directory(loading);
    build(snapshot, loading, advance);
    syncDirectory(loading);
  } catch (...) {
    std::error_code ignored;  // what is left is removed by the next start
    fs::remove_all(loading, ignored);
    throw;
  }
  fs::rename(loading, directory / kLoadedName);
  syncDirectory(directory);
  takeLoaded(directory);
}

}  // namespace ddblog::transfer
