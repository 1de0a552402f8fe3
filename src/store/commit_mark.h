// What was committed, written beside RocksDB's log files after each commit: file `commit-mark`. A log
// that ends too early looks like one that a crash cut off; the mark tells them apart.
//
//   "ddblogm2", boot id (36 bytes), durability (1), sequence (8), commits (8), MANIFEST's number (8) and
//   bytes (8), number of logs (1), per log: number (8), sequence before it (8), commits before it (8);
//   FNV-1a of all that (8)
//
// The mark is a lower bound of what is on the disk: it is written after the fdatasync of the commit
// has returned, and not synced itself. So it survives a kill -9 exactly. After a power cut it may be
// older than the logs; then it proves less, but nothing false. With Durability::kOperatingSystem it
// proves nothing after a restart of the machine, which the boot id reveals. A mark that cannot be
// read proves nothing either.
//
// The MANIFEST names RocksDB's tables. RocksDB opens one that ends too early as that of a crash, without
// the newest tables, whose logs are deleted already. So the mark holds how much of it was synced.
//
// The listed logs are those that RocksDB still needs: a log is listed with its first commit, and
// removed (with an fdatasync) before RocksDB deletes the file.
//
// Cost: one pwrite of a page per commit. If it fails, the mark stays behind, and no log is deleted.
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/thread_annotations.h"
#include "store/fenced_files.h"
#include "store/store.h"

namespace ddblog {

struct CommitMark {
  struct Log {
    std::uint64_t number = 0;
    std::uint64_t sequence_before = 0;  // of the last write before the log
    std::uint64_t commits_before = 0;
  };

  std::string boot_id;
  Durability durability = Durability::kFsync;
  std::uint64_t sequence = 0;  // RocksDB's number of the last committed write
  std::uint64_t commits = 0;
  std::uint64_t manifest = 0;  // the number of the MANIFEST; 0: unknown
  std::uint64_t manifest_bytes = 0;
  std::vector<Log> logs;  // by number

  const Log* find(std::uint64_t log_number) const;
};

// std::nullopt: there is none that can be read.
std::optional<CommitMark> readCommitMark(const std::filesystem::path& store);

// Whether the mark is a lower bound of what must be there: not after a restart of the machine if
// nothing was synced.
bool provesCommits(const CommitMark& mark);

class CommitMarkFile : public FileObserver {
 public:
  // Opens or creates the file in the store's folder. Throws std::runtime_error: a mark that stays there
  // and is not written any more would list logs that are gone.
  CommitMarkFile(const std::filesystem::path& store, Durability durability);
  ~CommitMarkFile() override;
  CommitMarkFile(const CommitMarkFile&) = delete;

  // A commit is durable; `sequence` is that of its last write.
  void committed(std::uint64_t sequence);
  // Sets what the files hold, when RocksDB is about to open them, and syncs the mark.
  void set(std::uint64_t sequence, std::uint64_t commits, std::vector<CommitMark::Log> logs);
  // The same once it has opened them: some logs may be gone.
  void opened(std::uint64_t sequence, std::uint64_t commits);

  CommitMark mark() const;

  void onCreated(std::uint64_t log_number) override;
  // False: the mark on the disk still lists the log, so a start would miss it.
  bool onDeleting(std::uint64_t log_number) override;
  void onManifestSynced(std::uint64_t number, std::uint64_t bytes) override;

 private:
  bool write(bool synced) REQUIRES(mutex_);

  const std::filesystem::path store_;
  mutable Mutex mutex_;
  int descriptor_ GUARDED_BY(mutex_) = -1;
  CommitMark mark_ GUARDED_BY(mutex_);
  std::uint64_t new_log_ GUARDED_BY(mutex_) = 0;    // has no commit yet
  bool listed_on_disk_ GUARDED_BY(mutex_) = false;  // a log that RocksDB wanted to delete still is
};

}  // namespace ddblog
