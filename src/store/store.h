// The store: all durable state as one ordered key space (RocksDB, known to this folder only), one
// writer, snapshots.
//
// A write is a command. It runs on the one writer thread against a Transaction that sees the
// batch's own writes. The writer takes all waiting commands and runs them in order, each inside a
// savepoint (a command that throws leaves nothing behind). Then it commits the batch with one
// fsync, and only then completes each command:
//
//   store.write([&](Transaction& transaction) { … }, [](std::exception_ptr error) { … });
//
// A read runs against a snapshot on the caller's thread. There are no locks above the store.
//
// Durability: kFsync (default): a completion without an error runs after the fdatasync that makes
// the write permanent. kOperatingSystem: after the write(2); a crash of the process loses nothing,
// a crash of the machine may lose the last seconds. If a commit fails (disk full, I/O error), every
// command of its batch completes with StoreFailed, readers see nothing of them, and the next batch
// tries the disk anew.
//
// Rejected: RocksDB's own transactions (locks and conflicts where one writer needs none),
// WriteBatchWithIndex (rolling back to a savepoint rebuilds its whole index: O(batch) for each
// rejected command).
//
// Thread safety: Store may be used from any thread. A Transaction belongs to the writer thread
// while its command runs; a Snapshot and its cursors belong to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "store/commit_notifier.h"

namespace ddblog {

// Walks a range of keys in one direction. Views are valid until the next call of next() and the end
// of what they came from.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool valid() const = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual void next() = 0;
};

enum class Direction { kForward, kBackward };

// What both a snapshot and a transaction can do: code that only reads takes a Reader.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual std::optional<std::string> get(std::string_view key) const = 0;
  // The same, for the few keys that nearly every command reads (a table's description, its stream's
  // head): the writer keeps their values in memory.
  virtual std::optional<std::string> getHot(std::string_view key) const { return get(key); }
  // The keys of [begin, end), from its first or its last one on. An empty `end`: no upper bound. A
  // cursor of a transaction shows the state at the time it was made: what is written later may or
  // may not be seen; do not rely on it.
  virtual std::unique_ptr<Cursor> cursor(std::string_view begin, std::string_view end,
                                         Direction direction = Direction::kForward) const = 0;
};

class Snapshot : public Reader {};

class Transaction : public Reader {
 public:
  // By value: a caller that needs its key or value no more moves it in, and nothing is copied.
  virtual void put(std::string key, std::string value) = 0;
  virtual void erase(std::string key) = 0;
  // Notifies once the batch is permanent, on the writer thread: once for a batch, however often it
  // is asked for. Not if the command throws. The notifier must outlive the commit (Store::drain).
  virtual void notifyAfterCommit(CommitNotifier& notifier) = 0;
  // Which batch this is, from 1 on: what an earlier command of the same batch wrote is not
  // permanent yet.
  virtual std::uint64_t batch() const = 0;
};

// A commit did not reach the disk.
class StoreFailed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Another process has the data directory open; what() is one line that names it.
class StoreInUse : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Durability { kFsync, kOperatingSystem };

struct StoreOptions {
  std::string directory;  // created if missing; unused in memory
  bool in_memory = false;
  Durability durability = Durability::kFsync;
  std::size_t cache_bytes = 64u << 20;     // of blocks read
  std::size_t waiting_commands = 100'000;  // write() blocks its caller while this many wait
};

class Store {
 public:
  using Command = std::function<void(Transaction&)>;
  // Called exactly once, on the writer thread: nullptr when the command's writes are permanent,
  // else what it threw or StoreFailed. It must not throw and must be quick (post the rest
  // elsewhere).
  using Completion = std::function<void(std::exception_ptr)>;

  // Opens or creates the store. Throws StoreInUse, or std::runtime_error with a line that says what
  // is wrong.
  static std::unique_ptr<Store> open(const StoreOptions& options);
  // Runs what waits to its end, then closes.
  virtual ~Store() = default;

  // Hands a command to the writer and returns. Commands of one thread run in the order they were
  // handed over.
  virtual void write(Command command, Completion completion) = 0;
  // The same, and waits for it; throws what the command threw. Not on the writer thread.
  void writeAndWait(const Command& command);
  // Waits until every command handed over before is done altogether: executed, committed,
  // completed, destroyed, and its notifiers notified. What those commands refer to may then be
  // destroyed. Not on the writer thread.
  virtual void drain() = 0;

  // The state after the last commit: at least all that was completed before.
  virtual std::unique_ptr<Snapshot> snapshot() const = 0;
};

}  // namespace ddblog
