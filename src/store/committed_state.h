// The committed state on the disk: opens RocksDB, commits batches, and opens it anew after a failure.
//
// An instance of RocksDB that saw an error of the disk is never written to again, and not resumed:
// its log writer may be in the middle of a record. reopen() replaces it by a new instance, which
// reads what is on the disk:
//
//   1. a probe: a file of the size that the next log needs can be written, synced and deleted
//   2. the old instance is fenced off (fenced_files.h): it can still be read but changes nothing
//   3. the logs hold every commit that was acknowledged (log_check.h); the last, failed one may be
//      there or not
//   4. what may be in the logs behind the last acknowledged commit is written again and synced: after a
//      failed fsync the system may believe that it is on the disk
//   5. a new instance opens the directory
//
// Snapshots keep the instance that they read from alive, so readers never wait for a reopening and do
// not fail because of it. An old instance goes when its last reader does. Until then its memtable
// stays in memory.
//
// Errors: StoreFailed, StoreDamaged, std::runtime_error. Thread safety: snapshot() and
// verifyChecksums() may be called from any thread, everything else belongs to the writer thread.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/thread_annotations.h"
#include "store/commit_mark.h"
#include "store/directory_lock.h"
#include "store/hot_values.h"
#include "store/log_check.h"
#include "store/overlay.h"
#include "store/store.h"

namespace ddblog {

class CommittedState : public Reader {
 public:
  // nullptr `files`: in memory, without a lock and without reopening. `failed` is called, on any
  // thread, when RocksDB's own work in the background fails.
  CommittedState(const std::shared_ptr<rocksdb::FileSystem>& files, const StoreOptions& options,
                 std::function<void()> failed);
  // Writes everything to tables, so that the next start has no log to read, unless the disk fails.
  ~CommittedState() override;
  CommittedState(const CommittedState&) = delete;

  // The current state, for the writer.
  std::optional<std::string> get(std::string_view key) const override;
  std::optional<std::string> getHot(std::string_view key) const override;
  std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end, Direction direction) const override;

  // Throws StoreFailed if the writes may not be on the disk; then the state needs reopen().
  void commit(const Overlay::Writes& writes);
  // What speaks against committing now: RocksDB failed in the background, or the directory is not in
  // its place. Empty: nothing.
  std::string problem() const;
  // Throws what speaks against it. std::logic_error: it cannot be done without a restart.
  void reopen();

  // Of the last commit() that succeeded.
  std::unique_ptr<Snapshot> snapshot() const;
  std::string verifyChecksums() const;

 private:
  class Instance;

  std::shared_ptr<Instance> open(bool keep_logs);
  std::shared_ptr<Instance> openFiles(bool keep_logs, const std::string& unreadable);
  LogCheck checkFiles(bool recover, std::string& unreadable);
  void checkFormat();
  // `number`: of the state, in hot_values_.
  void publish(std::shared_ptr<Instance> opened, std::uint64_t number);
  void probe() const;
  void writeAgain(const LogCheck::Tail& tail) const;
  void syncParent() const;
  std::string misplaced() const;
  void say(const std::string& line) const;

  const StoreOptions options_;
  const bool syncs_;
  const std::unique_ptr<DirectoryLock> lock_;         // nullptr: in memory
  const std::shared_ptr<rocksdb::FileSystem> files_;  // below the instances' own
  const std::string path_;
  const std::shared_ptr<rocksdb::Cache> cache_;
  const std::function<void()> failed_;
  std::optional<CommitMarkFile> mark_;
  const std::shared_ptr<HotValues> hot_values_ = std::make_shared<HotValues>();  // readers may outlast this
  mutable Mutex mutex_;
  std::shared_ptr<Instance> instance_ GUARDED_BY(mutex_);                 // replaced by the writer thread only
  std::shared_ptr<const rocksdb::Snapshot> snapshot_ GUARDED_BY(mutex_);  // of the last commit
  std::uint64_t number_ GUARDED_BY(mutex_) = 0;                           // of that state, in hot_values_
  rocksdb::DB* rocks_ = nullptr;                                          // of instance_, for the writer
  std::uint64_t current_ = 0;                                             // the writer's state, in hot_values_
  bool is_fenced_ = false;
};

}  // namespace ddblog
