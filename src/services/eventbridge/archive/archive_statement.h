// What the sources of ArchiveFile share: prepared statements, and the errors of SQLite.
//
// Thread safety: none; used while ArchiveFile's mutex is held.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

#include "services/eventbridge/archive/archive_file.h"

namespace ddblog::eventbridge {

// Throws ArchiveDamaged or ArchiveFailed with SQLite's message.
[[noreturn]] void failArchive(sqlite3* database, const std::string& what);
// Whether the file must be opened anew: not if another process has locked it.
bool isErrorOfTheDisk(sqlite3* database);

// The query of what comes after a position. SQLite seeks by the first lower bound, and reads everything from there
// on: so there is only one, the higher one.
template <class Query>
Query queryAfter(Query query, const std::optional<ArchivePosition>& after) {
  if (after && query.from && after->created_at >= toIso8601(*query.from, true)) query.from.reset();
  return query;
}

// A prepared statement: binds from the first parameter on; the destructor finalises it.
class ArchiveFile::Statement {
 public:
  Statement(sqlite3* database, const std::string& sql) : database_(database) {
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
      failArchive(database, "cannot read");
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;

  void bind(const std::string& text) {
    check(sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT));
  }
  void bind(std::int64_t number) { check(sqlite3_bind_int64(statement_, ++bound_, number)); }
  void bindNull() { check(sqlite3_bind_null(statement_, ++bound_)); }
  void bind(const ArchiveQuery& query) {
    if (query.from) bind(toIso8601(*query.from, true));
    if (query.to) bind(toIso8601(*query.to, true));
    for (const std::string& log : query.logs) bind(log);
    for (const std::string& type : query.types) bind(type);
  }
  void bind(const KeptQuery& query) {
    bind(query.archive);
    if (query.from) bind(toIso8601(*query.from, true));
    if (query.to) bind(toIso8601(*query.to, true));
  }
  void bindColumns(const ArchivedEvent& event) {
    for (const std::string* text : {&event.created_at, &event.log, &event.type, &event.event}) bind(*text);
    event.event_id.empty() ? bindNull() : bind(event.event_id);
  }

  // Moves to the next row; false: there is none.
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) failArchive(database_, "cannot go on");
    return result == SQLITE_ROW;
  }
  void reset() {
    sqlite3_reset(statement_);
    bound_ = 0;
  }
  std::string text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }

 private:
  void check(int result) {
    if (result != SQLITE_OK) failArchive(database_, "cannot bind a value");
  }
  sqlite3* const database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

// An archive in memory stays open, because closing it would empty it.
template <class Use>
auto ArchiveFile::use(const Use& use) const {
  open();
  try {
    return use();
  } catch (const ArchiveFailed&) {
    if (!path_.empty() && isErrorOfTheDisk(database_)) close();
    throw;
  }
}

template <class Write>
void ArchiveFile::inTransaction(const Write& write) const {
  execute("BEGIN IMMEDIATE");
  try {
    write();
    execute("COMMIT");
  } catch (const ArchiveFailed&) {
    sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

}  // namespace ddblog::eventbridge
