// The archive: every event of a bus, in an SQLite file that any tool can open. Only its
// sources use SQLite.
//
//   CREATE TABLE events (createdAt TEXT, log TEXT, type TEXT, event TEXT, eventId TEXT)
//
//   createdAt  when the event was put, "2026-11-22T09:00:00.000Z": sorts by time
//   log, type  of the event's detail; empty if it has none
//   event      the whole event as the bus delivered it
//   eventId    unique: adding an event twice adds it once (events_by_id)
//
// Paging uses createdAt and rowid (events_by_time), never an offset. A file with only the first
// four columns can be opened for reading; opening it for writing adds the fifth.
//
// What the archives of the API keep (archive_catalog.h) is there once, too:
//
//   CREATE TABLE kept_events (as events)       events that only such archives keep
//   CREATE TABLE archived (archive INTEGER, createdAt TEXT, event INTEGER, bytes INTEGER)
//
//   archive    the archive's id
//   createdAt  as the event's: an archive's events are read by their time
//   event      the event's rowid in events, or 2^62 + its rowid in kept_events
//   bytes      of the event
//
// Rows of events are never removed. Those of kept_events go with the last archive that kept them.
//
// Durability: write-ahead log; with Durability::kFsync, add() returns when the events are durable.
// Another process may read while this one writes.
//
// Errors: ArchiveFailed with SQLite's message. After an error of the disk (full, I/O error) the file
// is closed, and the next call opens it anew: what SQLite holds of a failed disk is not to be
// trusted. ArchiveDamaged: opening finds that the file is no database, is cut off, or has a damaged
// end, and reads all of a file of at most limits::kArchiveCheckedAtOpening; check() reads all of any.
//
// Rejected: keeping the archive in the store (nobody could look into it); one SQLite transaction
// per event (one fsync each).
//
// Thread safety: all methods may be called from any thread; they exclude each other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ddblog::eventbridge {

class ArchiveFailed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The file is damaged; what() is one line that names it.
class ArchiveDamaged : public ArchiveFailed {
  using ArchiveFailed::ArchiveFailed;
};

struct ArchivedEvent {
  std::string created_at;
  std::string log;
  std::string type;
  std::string event;
  std::string event_id;
  std::vector<std::int64_t> keepers = {};  // the ids of the API's archives that keep it
  bool is_only_kept = false;               // it is for those archives only
};

// Selects events; an empty list matches all. The range includes both ends.
struct ArchiveQuery {
  std::optional<Timestamp> from = {};
  std::optional<Timestamp> to = {};
  std::vector<std::string> logs = {};
  std::vector<std::string> types = {};
};

// The end of a page: the next page starts after it.
struct ArchivePosition {
  std::string created_at;
  std::int64_t row = 0;
};

struct ArchivePage {
  std::vector<ArchivedEvent> events;
  ArchivePosition end;
};

// Selects events of one of the API's archives. The range includes both ends.
struct KeptQuery {
  std::int64_t archive = 0;
  std::optional<Timestamp> from = {};
  std::optional<Timestamp> to = {};
};

// The place of an event in one of the API's archives; the default is before all.
struct KeptRow {
  std::int64_t archive = -1;
  ArchivePosition position = {};
};

// The last rows of events and kept_events.
struct LastRows {
  std::int64_t events = 0;
  std::int64_t kept_events = 0;
};

struct KeptSize {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
};

class ArchiveFile {
 public:
  enum class Access { kReadWrite, kReadOnly };

  // Empty path: an archive in memory.
  explicit ArchiveFile(const std::filesystem::path& path, Access access = Access::kReadWrite,
                       Durability durability = Durability::kFsync);
  ~ArchiveFile();
  ArchiveFile(const ArchiveFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // In one transaction: adds all events or, if it throws, none.
  void add(std::span<const ArchivedEvent> events);

  // At most `limit` events after `after` (std::nullopt: from the first), oldest first.
  ArchivePage page(const ArchiveQuery& query, const std::optional<ArchivePosition>& after, std::size_t limit) const;
  std::uint64_t count(const ArchiveQuery& query) const;

  // The same of one of the API's archives; also stops after kArchiveBatchBytes bytes. A position's row
  // is the value of the column `event`.
  ArchivePage keptPage(const KeptQuery& query, const std::optional<ArchivePosition>& after, std::size_t limit) const;
  KeptSize keptSize(const KeptQuery& query) const;
  // The ids of the archives that have events here.
  std::vector<std::int64_t> keepers() const;
  // Removes the oldest events of an archive that are before `before` (std::nullopt: all), at most
  // `limit`. Returns how many it has removed.
  std::size_t forget(std::int64_t archive, const std::optional<Timestamp>& before, std::size_t limit);

  // What the archives keep, as events with one keeper each, to be copied into another file: after
  // `after`, up to the rows of `last`; stops like rows(). The text of an event that is in `events`, too,
  // is left out (add() finds it by its id). Sets `after` to the last returned one.
  std::vector<ArchivedEvent> keptRows(KeptRow& after, const LastRows& last) const;
  LastRows lastRows() const;

  // The number of the last row; 0: none. Rows are never changed or removed, and later rows have
  // higher numbers, so the rows up to it are an immutable snapshot of the archive.
  std::int64_t lastRow() const;
  // Reads the whole file. Returns what is damaged, one line; empty: all is sound.
  std::string check() const;

  // The rows after `after`, up to `last`, in order; stops after kArchiveBatch rows or
  // kArchiveBatchBytes bytes. Sets `after` to the last returned row. event_id is the row's column:
  // empty if it has none.
  std::vector<ArchivedEvent> rows(std::int64_t& after, std::int64_t last) const;

 private:
  class Statement;  // uses the database, so only under mutex_

  // Opens the file unless it is open.
  void open() const REQUIRES(mutex_);
  void close() const REQUIRES(mutex_);
  template <class Use>
  auto use(const Use& use) const REQUIRES(mutex_);
  void insert(std::span<const ArchivedEvent> events) const REQUIRES(mutex_);
  // `row`: where it is in "events"; 0: not known, or it is not there.
  void insertKept(const ArchivedEvent& event, std::int64_t row) const REQUIRES(mutex_);
  std::vector<ArchivePosition> removeKept(std::int64_t archive, const std::string& before, std::size_t limit) const
      REQUIRES(mutex_);
  template <class Write>
  void inTransaction(const Write& write) const REQUIRES(mutex_);
  void prepareFile() const REQUIRES(mutex_);
  void checkAtOpening() const REQUIRES(mutex_);
  std::string firstDamage(const std::string& pragma) const REQUIRES(mutex_);
  void addEventIds() const REQUIRES(mutex_);
  bool hasColumn(const char* column) const REQUIRES(mutex_);
  bool hasKeptEvents() const REQUIRES(mutex_);
  void execute(const char* sql) const REQUIRES(mutex_);

  const std::filesystem::path path_;
  const Access access_;
  const Durability durability_;
  mutable Mutex mutex_;
  mutable sqlite3* database_ GUARDED_BY(mutex_) = nullptr;  // nullptr: closed after a failure
};

}  // namespace ddblog::eventbridge
