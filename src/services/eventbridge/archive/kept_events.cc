// The part of ArchiveFile that knows what the archives of the API keep.
#include "services/eventbridge/archive/archive_file.h"
#include "services/eventbridge/archive/archive_statement.h"
#include "services/eventbridge/archive/limits.h"

namespace ddblog::eventbridge {
namespace {

// Added to the rowids of kept_events; SQL has it as a literal, for the index on them.
constexpr std::int64_t kKeptRows = std::int64_t{1} << 62;
static_assert(kKeptRows == 4611686018427387904);

std::string keptWhere(const KeptQuery& query) {
  std::string where = " WHERE a.archive = ?";
  if (query.from) where += " AND a.createdAt >= ?";
  if (query.to) where += " AND a.createdAt <= ?";
  return where;
}

}  // namespace

void ArchiveFile::insertKept(const ArchivedEvent& event, std::int64_t row) const {
  auto bytes = static_cast<std::int64_t>(event.event.size());
  const auto rowOf = [&](const std::string& table) REQUIRES(mutex_) -> std::int64_t {
    Statement find(database_, "SELECT rowid, LENGTH(CAST(event AS BLOB)) FROM " + table + " WHERE eventId = ?",
                   Statement::Use::kLasting);
    find.bind(event.event_id);
    if (!find.step()) return 0;
    bytes = find.integer(1);
    return find.integer(0);
  };
  if (row == 0) row = rowOf("events");
  if (row == 0) {
    Statement insert(database_,
                     "INSERT OR IGNORE INTO kept_events (createdAt, log, type, event, eventId) VALUES (?, ?, ?, ?, ?)",
                     Statement::Use::kLasting);
    insert.bindColumns(event);
    insert.step();
    row = kKeptRows + rowOf("kept_events");
  }
  Statement keep(database_, "INSERT OR IGNORE INTO archived (archive, createdAt, event, bytes) VALUES (?, ?, ?, ?)",
                 Statement::Use::kLasting);
  for (const std::int64_t archive : event.keepers) {
    keep.bind(archive);
    keep.bind(event.created_at);
    keep.bind(row);
    keep.bind(bytes);
    keep.step();
    keep.reset();
  }
}

ArchivePage ArchiveFile::keptPage(const KeptQuery& asked, const std::optional<ArchivePosition>& after,
                                  std::size_t limit) const {
  const KeptQuery query = queryAfter(asked, after);
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> ArchivePage {
    Statement select(database_,
                     "SELECT a.createdAt, COALESCE(e.log, k.log), COALESCE(e.type, k.type), "
                     "COALESCE(e.event, k.event), COALESCE(e.eventId, k.eventId), a.event FROM archived a "
                     "LEFT JOIN events e ON e.rowid = a.event "
                     "LEFT JOIN kept_events k ON k.rowid = a.event - 4611686018427387904" +
                         keptWhere(query) + (after ? " AND (a.createdAt, a.event) > (?, ?)" : "") +
                         " ORDER BY a.createdAt, a.event LIMIT ?");
    select.bind(query);
    if (after) {
      select.bind(after->created_at);
      select.bind(after->row);
    }
    select.bind(static_cast<std::int64_t>(limit));
    ArchivePage page;
    if (after) page.end = *after;
    for (std::size_t bytes = 0; bytes < limits::kArchiveBatchBytes && select.step();
         bytes += page.events.back().event.size()) {
      page.events.push_back({select.text(0), select.text(1), select.text(2), select.text(3), select.text(4)});
      page.end = {page.events.back().created_at, select.integer(5)};
    }
    return page;
  });
}

KeptSize ArchiveFile::keptSize(const KeptQuery& query) const {
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> KeptSize {
    Statement select(database_, "SELECT COUNT(*), COALESCE(SUM(a.bytes), 0) FROM archived a" + keptWhere(query));
    select.bind(query);
    select.step();
    return {static_cast<std::uint64_t>(select.integer(0)), static_cast<std::uint64_t>(select.integer(1))};
  });
}

std::vector<std::int64_t> ArchiveFile::keepers() const {
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> std::vector<std::int64_t> {
    std::vector<std::int64_t> ids;
    for (;;) {  // a seek for each, instead of reading all rows
      Statement next(database_, "SELECT archive FROM archived WHERE archive > ? ORDER BY archive LIMIT 1");
      next.bind(ids.empty() ? std::int64_t{-1} : ids.back());
      if (!next.step()) return ids;
      ids.push_back(next.integer(0));
    }
  });
}

std::size_t ArchiveFile::forget(std::int64_t archive, const std::optional<Timestamp>& before, std::size_t limit) {
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> std::size_t {
    std::size_t removed = 0;
    inTransaction([&]() REQUIRES(mutex_) {
      removed = removeKept(archive, before ? toIso8601(*before, true) : "~", limit).size();
    });
    return removed;
  });
}

// "~" comes after every time.
std::vector<ArchivePosition> ArchiveFile::removeKept(std::int64_t archive, const std::string& before,
                                                     std::size_t limit) const {
  std::vector<ArchivePosition> oldest;
  Statement select(database_,
                   "SELECT createdAt, event FROM archived WHERE archive = ? AND createdAt < ? "
                   "ORDER BY createdAt, event LIMIT ?");
  select.bind(archive);
  select.bind(before);
  select.bind(static_cast<std::int64_t>(limit));
  while (select.step()) oldest.push_back({select.text(0), select.integer(1)});
  Statement remove(database_, "DELETE FROM archived WHERE archive = ? AND createdAt = ? AND event = ?");
  Statement clean(database_,
                  "DELETE FROM kept_events WHERE rowid = ?1 "
                  "AND NOT EXISTS (SELECT 1 FROM archived WHERE event = ?1 + 4611686018427387904 "
                  "AND event > 4611686018427387904)");
  for (const ArchivePosition& one : oldest) {
    remove.bind(archive);
    remove.bind(one.created_at);
    remove.bind(one.row);
    remove.step();
    remove.reset();
    if (one.row <= kKeptRows) continue;
    clean.bind(one.row - kKeptRows);
    clean.step();
    clean.reset();
  }
  return oldest;
}

bool ArchiveFile::hasKeptEvents() const {
  return Statement(database_, "SELECT 1 FROM sqlite_master WHERE name = 'archived'").step();
}

std::vector<ArchivedEvent> ArchiveFile::keptRows(KeptRow& after, const LastRows& last) const {
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> std::vector<ArchivedEvent> {
    std::vector<ArchivedEvent> events;
    if (!hasKeptEvents()) return events;  // read-only, and older than the archives of the API
    Statement select(database_,
                     "SELECT a.createdAt, COALESCE(k.log, ''), COALESCE(k.type, ''), COALESCE(k.event, ''), "
                     "COALESCE(e.eventId, k.eventId), a.archive, a.event FROM archived a "
                     "LEFT JOIN events e ON e.rowid = a.event "
                     "LEFT JOIN kept_events k ON k.rowid = a.event - 4611686018427387904 "
                     "WHERE (a.archive, a.createdAt, a.event) > (?, ?, ?) "
                     "AND (a.event <= ? OR a.event BETWEEN 4611686018427387904 AND ?) "
                     "ORDER BY a.archive, a.createdAt, a.event LIMIT ?");
    select.bind(after.archive);
    select.bind(after.position.created_at);
    select.bind(after.position.row);
    select.bind(last.events);
    select.bind(kKeptRows + last.kept_events);
    select.bind(static_cast<std::int64_t>(limits::kArchiveBatch));
    for (std::size_t bytes = 0; bytes < limits::kArchiveBatchBytes && select.step();
         bytes += events.back().event.size()) {
      events.push_back({select.text(0), select.text(1), select.text(2), select.text(3), select.text(4)});
      events.back().keepers = {select.integer(5)};
      events.back().is_only_kept = select.integer(6) > kKeptRows;
      after = {select.integer(5), {select.text(0), select.integer(6)}};
    }
    return events;
  });
}

LastRows ArchiveFile::lastRows() const {
  MutexLock lock(mutex_);
  return use([&]() REQUIRES(mutex_) -> LastRows {
    LastRows last;
    Statement events(database_, "SELECT MAX(rowid) FROM events");
    if (events.step()) last.events = events.integer(0);
    if (!hasKeptEvents()) return last;
    Statement kept(database_, "SELECT MAX(rowid) FROM kept_events");
    if (kept.step()) last.kept_events = kept.integer(0);
    return last;
  });
}

}  // namespace ddblog::eventbridge
