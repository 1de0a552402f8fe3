// A whole state that is made out of a snapshot, beside the one that there is.
//
//   NewState state(data_directory);          // an empty path: in memory
//   state.build(snapshot, advance);          // long; as often as it is interrupted, nothing has changed
//   state.use([](Store& store) { … });       // whoever wants to look at it, or to add to it, before it is the state
//   state.take();                            // short: from here on it is the state
//
// In a data directory it is built in loading/, all of it on the disk, and take() is the one rename to loaded/: whoever
// opens the directory next (settleDataDirectory) puts it into its places. So it can be built and taken while the
// directory is in use. In memory the new store and archive are handed over instead.
//
// What was not taken is removed by the destructor. The caller holds the directory's lock (store/directory_lock.h).
// Errors: SnapshotUnusable; what the store, the archive and the file system throw (disk full). Thread safety: none.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "services/eventbridge/archive/archive_file.h"
#include "snapshots/snapshot_file.h"
#include "store/store.h"

namespace ddblog::snapshots {

class NewState {
 public:
  explicit NewState(const std::filesystem::path& data_directory);
  ~NewState();
  NewState(const NewState&) = delete;

  // Where there is room for what is needed until it is built; what is left there is removed with it.
  const std::filesystem::path& place() const { return place_; }

  void build(SnapshotReader& snapshot, const Advance& advance);
  // Throws what `look` throws.
  void use(const std::function<void(Store&)>& look);
  void take();

  // In memory, once it is built; nullptr for one in a directory.
  std::unique_ptr<Store> takeStore() { return std::move(store_); }
  std::unique_ptr<eventbridge::ArchiveFile> takeArchive() { return std::move(archive_); }

 private:
  void buildInDirectory(SnapshotReader& snapshot, const Advance& advance);
  void buildInMemory(SnapshotReader& snapshot, const Advance& advance);
  void removePlace() const;

  const std::filesystem::path directory_;
  std::filesystem::path place_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<eventbridge::ArchiveFile> archive_;
};

}  // namespace ddblog::snapshots
