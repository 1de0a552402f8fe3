// A complete state, built from a snapshot beside the current one.
//
//   StagedState state(data_directory);       // an empty path: in memory
//   state.build(snapshot, advance);          // takes long; may be interrupted without any effect
//   state.use([](Store& store) { … });       // to inspect it, or to add to it, before the commit
//   state.commit();                          // short: from here on it is the current state
//
// In a data directory it is built in loading/ and written to disk. commit() renames that to
// loaded/, and the next process to open the directory moves the files to their places
// (finishInterruptedLoad), so the directory may be in use meanwhile. In memory the new store and
// archive are handed over instead.
//
// The destructor removes a state that was not committed. The caller holds the directory's lock
// (store/directory_lock.h). Errors: SnapshotUnusable; what the store, the archive and the file
// system throw (disk full). Thread safety: none.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "services/eventbridge/archive/archive_file.h"
#include "snapshots/checkpoint.h"
#include "snapshots/snapshot_file.h"
#include "store/store.h"

namespace ddblog::snapshots {

class StagedState {
 public:
  explicit StagedState(const std::filesystem::path& data_directory);
  ~StagedState();
  StagedState(const StagedState&) = delete;

  // A directory for temporary files, removed with the state. Empty after commit().
  const std::filesystem::path& place() const { return place_; }

  void build(SnapshotReader& snapshot, const Advance& advance);
  void build(const Checkpoint& checkpoint);
  // A state without anything.
  void buildEmpty();
  // Throws what `action` throws.
  void use(const std::function<void(Store&)>& action);
  void commit();

  // In memory, once built; nullptr for a state in a directory.
  std::unique_ptr<Store> takeStore() { return std::move(store_); }
  std::unique_ptr<eventbridge::ArchiveFile> takeArchive() { return std::move(archive_); }

 private:
  template <class Source>
  void buildFrom(Source& source, const Advance& advance);
  template <class Source>
  void buildInDirectory(Source& source, const Advance& advance);
  template <class Source>
  void buildInMemory(Source& source, const Advance& advance);
  void removePlace() const;

  const std::filesystem::path directory_;
  std::filesystem::path place_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<eventbridge::ArchiveFile> archive_;
};

}  // namespace ddblog::snapshots
