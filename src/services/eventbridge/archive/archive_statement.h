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
//
// To prepare one takes longer than to run it. So what runs for each event is kLasting: its destructor leaves it to
// the next Statement of the same text, until the file is closed. Only one at a time may have that text.
class ArchiveFile::Statement {
 public:
  enum class Use { kOnce, kLasting };

  Statement(sqlite3* database, const std::string& sql, Use use = Use::kOnce) : database_(database), use_(use) {
    if (use == Use::kLasting) statement_ = findPrepared(database, sql);
    if (!statement_ && sqlite3_prepare_v2(database, sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
      failArchive(database, "cannot read");
  }
  ~Statement() {
    if (use_ == Use::kOnce) {
      sqlite3_finalize(statement_);
    } else {
      reset();
      sqlite3_clear_bindings(statement_);
    }
  }
  Statement(const Statement&) = delete;

  // Before the database is closed.
  static void finaliseAll(sqlite3* database) {
    while (sqlite3_stmt* left = sqlite3_next_stmt(database, nullptr)) sqlite3_finalize(left);
  }

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
  static sqlite3_stmt* findPrepared(sqlite3* database, const std::string& sql) {
    sqlite3_stmt* found = sqlite3_next_stmt(database, nullptr);
    while (found && sql != sqlite3_sql(found)) found = sqlite3_next_stmt(database, found);
    return found;
  }
  void check(int result) {
    if (result != SQLITE_OK) failArchive(database_, "cannot bind a value");
  }
  sqlite3* const database_;
  const Use use_;
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
