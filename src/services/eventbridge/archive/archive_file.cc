#include "services/eventbridge/archive/archive_file.h"

#include "base/json.h"
#include "event_patterns/json_text.h"
#include "services/eventbridge/archive/archive_statement.h"
#include "services/eventbridge/archive/limits.h"

namespace ddblog::eventbridge {
namespace {

constexpr int kBusyMilliseconds = 10'000;  // how long to wait for another process that has locked the file

std::string placeholders(std::size_t count) {
  std::string text = "(?";
  for (std::size_t i = 1; i < count; ++i) text += ",?";
  return text + ")";
}

// The WHERE clause of a query, with its conditions in the order in which bindQuery binds their
// values.
std::string whereText(const ArchiveQuery& query) {
  std::string where = " WHERE 1";
  if (query.from) where += " AND createdAt >= ?";
  if (query.to) where += " AND createdAt <= ?";
  if (!query.logs.empty()) where += " AND log IN " + placeholders(query.logs.size());
  if (!query.types.empty()) where += " AND type IN " + placeholders(query.types.size());
  return where;
}

std::string idOf(const std::string& event) {
  if (!isJsonObject(event)) return {};
  const event_patterns::JsonText text(event);
  const auto id = text.root().find("id");
  return id && id->isString() ? std::string(id->string()) : std::string();
}

}  // namespace

void failArchive(sqlite3* database, const std::string& what) {
  const std::string text = "archive: " + what + ": " + (database ? sqlite3_errmsg(database) : "out of memory");
  const int error = database ? sqlite3_errcode(database) : SQLITE_NOMEM;
  if (error == SQLITE_CORRUPT || error == SQLITE_NOTADB) throw ArchiveDamaged(text);
  throw ArchiveFailed(text);
}

bool isErrorOfTheDisk(sqlite3* database) {
  const int error = database ? sqlite3_errcode(database) : SQLITE_OK;
  return error != SQLITE_BUSY && error != SQLITE_LOCKED && error != SQLITE_CONSTRAINT;
}

ArchiveFile::ArchiveFile(const std::filesystem::path& path, Access access, Durability durability)
    : path_(path), access_(access), durability_(durability) {
  MutexLock lock(mutex_);
  const bool was_there = !path_.empty() && std::filesystem::exists(path_);
  open();
  try {
    if (was_there) checkAtOpening();
  } catch (...) {
    close();
    throw;
  }
}

ArchiveFile::~ArchiveFile() {
  MutexLock lock(mutex_);
  close();
}

void ArchiveFile::open() const {
  if (database_) return;
  const int flags = access_ == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const std::string name = path_.empty() ? ":memory:" : path_.string();
  try {
    if (sqlite3_open_v2(name.c_str(), &database_, flags, nullptr) != SQLITE_OK)
      failArchive(database_, "cannot open " + name);
    sqlite3_busy_timeout(database_, kBusyMilliseconds);
    prepareFile();
  } catch (const ArchiveDamaged& damaged) {
    close();
    throw ArchiveDamaged(name + " is damaged: " + damaged.what());
  } catch (...) {
    close();
    throw;
  }
}

void ArchiveFile::close() const {
  if (database_) Statement::finaliseAll(database_);
  sqlite3_close(database_);
  database_ = nullptr;
}

void ArchiveFile::prepareFile() const {
  if (access_ == Access::kReadOnly) {
    if (!hasColumn("createdAt")) throw ArchiveFailed("the file has no table events: it is no archive");
    return;
  }
  execute("PRAGMA journal_mode=WAL");
  execute(durability_ == Durability::kFsync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  execute(
      "CREATE TABLE IF NOT EXISTS events (createdAt TEXT NOT NULL, log TEXT NOT NULL, type TEXT NOT NULL, "
      "event TEXT NOT NULL, eventId TEXT)");
  if (!hasColumn("eventId")) addEventIds();
  execute("CREATE UNIQUE INDEX IF NOT EXISTS events_by_id ON events(eventId)");
  execute("CREATE INDEX IF NOT EXISTS events_by_time ON events(createdAt)");
  execute(
      "CREATE TABLE IF NOT EXISTS kept_events (createdAt TEXT NOT NULL, log TEXT NOT NULL, type TEXT NOT NULL, "
      "event TEXT NOT NULL, eventId TEXT NOT NULL)");
  execute("CREATE UNIQUE INDEX IF NOT EXISTS kept_events_by_id ON kept_events(eventId)");
  execute(
      "CREATE TABLE IF NOT EXISTS archived (archive INTEGER NOT NULL, createdAt TEXT NOT NULL, event INTEGER NOT NULL, "
      "bytes INTEGER NOT NULL, PRIMARY KEY (archive, createdAt, event)) WITHOUT ROWID");
  execute("CREATE INDEX IF NOT EXISTS archived_kept_events ON archived(event) WHERE event > 4611686018427387904");
}

// Of a large file only the pages that a cut would have taken: the last row, and the last entry of each
// index.
void ArchiveFile::checkAtOpening() const {
  try {
    for (const char* order : {"rowid", "eventId", "createdAt"}) {
      if (access_ == Access::kReadOnly && order != std::string_view("rowid")) continue;  // it may have no indexes
      Statement(database_, std::string("SELECT event FROM events ORDER BY ") + order + " DESC LIMIT 1").step();
    }
    if (hasKeptEvents()) {
      Statement(database_, "SELECT event FROM kept_events ORDER BY rowid DESC LIMIT 1").step();
      Statement(database_, "SELECT bytes FROM archived ORDER BY archive DESC, createdAt DESC, event DESC LIMIT 1")
          .step();
    }
    if (std::filesystem::file_size(path_) > limits::kArchiveCheckedAtOpening) return;
    const std::string damage = firstDamage("quick_check");
    if (!damage.empty()) throw ArchiveDamaged(damage);
  } catch (const ArchiveDamaged& damaged) {
    throw ArchiveDamaged(path_.string() + " is damaged: " + damaged.what());
  } catch (const ArchiveFailed& failed) {
    if (sqlite3_extended_errcode(database_) != SQLITE_IOERR_SHORT_READ) throw;
    throw ArchiveDamaged(path_.string() + " is cut off: " + failed.what());
  }
}

// `pragma`: "quick_check", or "integrity_check", which also compares the indexes with the rows.
std::string ArchiveFile::firstDamage(const std::string& pragma) const {
  Statement check(database_, "PRAGMA " + pragma + "(1)");
  if (!check.step()) return "the check has no result";
  const std::string result = check.text(0);
  return result == "ok" ? std::string() : result;
}

// For a file with four columns: if it has an event several times, the first row gets the id.
void ArchiveFile::addEventIds() const {
  execute("BEGIN IMMEDIATE");
  execute("ALTER TABLE events ADD COLUMN eventId TEXT");
  execute(
      "UPDATE events SET eventId = json_extract(event, '$.id') WHERE rowid IN "
      "(SELECT MIN(rowid) FROM events WHERE json_valid(event) GROUP BY json_extract(event, '$.id'))");
  execute("COMMIT");
}

bool ArchiveFile::hasColumn(const char* column) const {
  Statement statement(database_, "SELECT 1 FROM pragma_table_info('events') WHERE name = ?");
  statement.bind(std::string(column));
  return statement.step();
}

void ArchiveFile::add(std::span<const ArchivedEvent> events) {
  MutexLock lock(mutex_);
  use([&]() REQUIRES(mutex_) { insert(events); });
}

void ArchiveFile::insert(std::span<const ArchivedEvent> events) const {
  inTransaction([&]() REQUIRES(mutex_) {
    Statement insert(database_,
                     "INSERT OR IGNORE INTO events (createdAt, log, type, event, eventId) VALUES (?, ?, ?, ?, ?)");
    for (const ArchivedEvent& event : events) {
      std::int64_t row = 0;
      if (!event.is_only_kept && !event.event.empty()) {  // without its text it is there already
        insert.bindColumns(event);
        insert.step();
        insert.reset();
        if (sqlite3_changes(database_) > 0) row = sqlite3_last_insert_rowid(database_);
      }
      if (!event.keepers.empty()) insertKept(event, row);
    }
  });
}

ArchivePage ArchiveFile::page(const ArchiveQuery& asked, const std::optional<ArchivePosition>& after,
                              std::size_t limit) const {
  const ArchiveQuery query = queryAfter(asked, after);
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> ArchivePage {
    Statement select(database_, "SELECT createdAt, log, type, event, rowid FROM events" + whereText(query) +
                                    (after ? " AND (createdAt, rowid) > (?, ?)" : "") +
                                    " ORDER BY createdAt, rowid LIMIT ?");
    select.bind(query);
    if (after) {
      select.bind(after->created_at);
      select.bind(after->row);
    }
    select.bind(static_cast<std::int64_t>(limit));
    ArchivePage page;
    if (after) page.end = *after;
    while (select.step()) {
      page.events.push_back({select.text(0), select.text(1), select.text(2), select.text(3), {}});
      page.events.back().event_id = idOf(page.events.back().event);
      page.end = {page.events.back().created_at, select.integer(4)};
    }
    return page;
  });
}

std::uint64_t ArchiveFile::count(const ArchiveQuery& query) const {
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> std::uint64_t {
    Statement select(database_, "SELECT COUNT(*) FROM events" + whereText(query));
    select.bind(query);
    return select.step() ? static_cast<std::uint64_t>(select.integer(0)) : 0;
  });
}

std::int64_t ArchiveFile::lastRow() const {
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> std::int64_t {
    Statement select(database_, "SELECT MAX(rowid) FROM events");
    return select.step() ? select.integer(0) : 0;
  });
}

std::string ArchiveFile::check() const {
  MutexLock lock(mutex_);
  try {
    return use([&]() REQUIRES(mutex_) { return firstDamage("integrity_check"); });
  } catch (const ArchiveFailed& failed) {
    return failed.what();
  }
}

std::vector<ArchivedEvent> ArchiveFile::rows(std::int64_t& after, std::int64_t last) const {
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> std::vector<ArchivedEvent> {
    Statement select(database_,
                     "SELECT createdAt, log, type, event, eventId, rowid FROM events WHERE rowid > ? AND rowid <= ? "
                     "ORDER BY rowid LIMIT ?");
    select.bind(after);
    select.bind(last);
    select.bind(static_cast<std::int64_t>(limits::kArchiveBatch));
    std::vector<ArchivedEvent> events;
    for (std::size_t bytes = 0; bytes < limits::kArchiveBatchBytes && select.step();
         bytes += events.back().event.size()) {
      events.push_back({select.text(0), select.text(1), select.text(2), select.text(3), select.text(4)});
      after = select.integer(5);
    }
    return events;
  });
}

void ArchiveFile::execute(const char* sql) const {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) failArchive(database_, sql);
}

}  // namespace ddblog::eventbridge
