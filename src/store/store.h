// The store: all durable state in one ordered key space (RocksDB, which only this folder knows),
// with one writer and snapshots.
//
// A write is a command. It runs on the writer thread against a Transaction, which also sees the
// uncommitted writes of its batch. The writer takes all waiting commands and runs them in order,
// each inside a savepoint (a command that throws leaves nothing behind). Then it commits the batch
// with one fsync, and only then completes each command:
//
//   store.write([&](Transaction& transaction) { … }, [](std::exception_ptr error) { … });
//
// A read runs against a snapshot on the caller's thread. There are no locks above the store.
//
// Durability. kFsync (default): a command completes without an error only after the fdatasync that
// makes its writes durable. kOperatingSystem: after the write(2); a crash of the process loses
// nothing, a crash of the machine may lose the last seconds.
//
// A disk that fails. If a commit fails (disk full, I/O error, no descriptors left), every command of
// its batch completes with StoreFailed: whether its writes are on the disk is unknown. From then on
// the store refuses all commands with StoreFailed at once. It tries the disk at growing intervals,
// and when the disk is sound, it opens its files anew (committed_state.h) and accepts commands
// again. The log gets one line for each of the two. Readers see the last state that was committed
// for sure; afterwards they see what is on the disk. The same if the data directory is removed or
// replaced while the store has it open.
//
// Damage. Opening compares the files with what was committed (log_check.h). If commits are missing,
// it throws StoreDamaged and changes nothing.
//
// Rejected: RocksDB's own transactions (locks and conflicts where one writer needs none),
// WriteBatchWithIndex (rolling back to a savepoint rebuilds its whole index: O(batch) for each
// rejected command).
//
// Thread safety: Store may be used from any thread. A Transaction belongs to the writer thread
// while its command runs; a Snapshot and its cursors belong to one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "store/commit_notifier.h"

namespace ddblog {

// Walks a range of keys in one direction. Views are valid until the next call of next() and while
// the reader that made the cursor lives.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool valid() const = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual void next() = 0;
};

enum class Direction { kForward, kBackward };

// The common part of a snapshot and a transaction. Code that only reads takes a Reader.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual std::optional<std::string> get(std::string_view key) const = 0;
  // The same, for the few keys that nearly every command reads (a table's description, its stream's
  // head). Their values are cached.
  virtual std::optional<std::string> getHot(std::string_view key) const { return get(key); }
  // The keys of [begin, end), starting from the first (kForward) or the last one (kBackward). Empty
  // `end`: no upper bound. A transaction's cursor shows the state when it was made; it may or may
  // not see later writes, so do not rely on either.
  virtual std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end,
                                         Direction direction = Direction::kForward) const = 0;
};

class Snapshot : public Reader {};

class Transaction : public Reader {
 public:
  // By value, so that a caller can move its key and value in without a copy.
  virtual void put(std::string key, std::string value) = 0;
  virtual void erase(std::string key) = 0;
  // Notifies on the writer thread once the batch is durable: once per batch, however often it is
  // requested, and not if the command throws. The notifier must outlive the commit (Store::drain).
  virtual void notifyAfterCommit(CommitNotifier& notifier) = 0;
  // Runs a part of the command inside a savepoint of its own: if it throws, its writes are undone and
  // those before it stay. The exception goes on to the caller.
  virtual void attempt(const std::function<void()>& part) = 0;
  // The number of this batch, from 1. The writes of earlier commands in the same batch are not
  // durable yet.
  virtual std::uint64_t batch() const = 0;
  // No earlier command of this batch has written anything: all writes are durable, and who listens
  // has been notified.
  virtual bool isFirst() const = 0;
  // Runs `action` on the writer thread once the batch is durable, before its commands complete; not if the
  // command throws. It must not throw and must be quick. What it refers to must outlive the commit (Store::drain).
  virtual void afterCommit(std::function<void()> action) = 0;

  // What the rest of the command is done for (rpc/traces.h). Empty, as at its beginning: not known.
  const std::string& cause() const { return cause_; }
  void setCause(std::string cause) { cause_ = std::move(cause); }

 private:
  std::string cause_;
};

// A commit did not reach the disk for sure, or the store refuses commands since such a commit.
class StoreFailed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Another process has the data directory open; what() is one line that names the directory.
class StoreInUse : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The store's files are damaged; what() is one line that names the file and what is affected.
class StoreDamaged : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Durability { kFsync, kOperatingSystem };

struct StoreOptions {
  std::string directory;  // created if missing; unused in memory
  bool in_memory = false;
  Durability durability = Durability::kFsync;
  std::size_t cache_bytes = 64u << 20;     // for the block cache
  std::size_t waiting_commands = 100'000;  // write() blocks its caller while this many wait
  // Damaged files: start at the last sound place instead of throwing StoreDamaged. Keeps the damaged
  // files, renamed, and says in the log what was lost.
  bool recover = false;
  Clock* clock = nullptr;                          // for the intervals after a failure; nullptr: the system's time
  std::function<void(std::string_view)> log = {};  // a line for the log; called on any thread
  std::chrono::milliseconds patience{1};           // how long a command of writeSoon() waits for others
};

class Store {
 public:
  using Command = std::function<void(Transaction&)>;
  // Called exactly once, on the writer thread: with nullptr once the command's writes are durable,
  // else with StoreFailed or, if the commit did not fail, with what the command threw. It must not
  // throw and must be quick (post slow work elsewhere).
  using Completion = std::function<void(std::exception_ptr)>;

  // Opens or creates the store. Throws StoreInUse, StoreDamaged, or std::runtime_error with a one-line
  // message.
  static std::unique_ptr<Store> open(const StoreOptions& options);
  // Completes the waiting commands, then closes.
  virtual ~Store() = default;

  // Queues a command for the writer and returns. Commands from one thread run in the order in which
  // they were queued.
  virtual void write(Command command, Completion completion) = 0;
  // Like write(), for a command whose completion nobody waits for: it may wait for the next command
  // of write(), so that they share an fsync, but no longer than StoreOptions::patience.
  virtual void writeSoon(Command command, Completion completion) { write(std::move(command), std::move(completion)); }
  // The same, and waits for completion; throws what the command threw. Do not call it on the writer
  // thread.
  void writeAndWait(const Command& command);
  // Waits until every command queued before this call is finished: executed, committed, completed,
  // destroyed, and its notifiers notified. Then the objects that those commands refer to may be
  // destroyed. Do not call it on the writer thread.
  virtual void drain() = 0;

  // Reads every block of the store's files and compares the checksums. Returns what is damaged, one
  // line; empty: all is sound.
  virtual std::string verifyChecksums() const = 0;

  // The state after the last commit; it includes every command completed before the call.
  virtual std::unique_ptr<Snapshot> snapshot() const = 0;
};

}  // namespace ddblog
