// The existing tables, by name. The catalog is in the store: a look-up reads from the operation's
// own reader, so it sees the same state. Decoded tables are cached by their stored bytes.
//
//   key                                    value
//   kTables 'T' text(name)                 the table's description (stored_table.h)
//   kTables 'E' …                          the remains of deleted tables (deleted_tables.h)
//   kTables 'I'                            8 bytes, big-endian: the next number for a table or a stream
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/thread_annotations.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class Catalog {
 public:
  // nullptr: no such table. `name_or_arn`: the table's name or ARN.
  std::shared_ptr<const Table> find(const Reader& reader, std::string_view name_or_arn) const;
  // The same, but throws ResourceNotFoundException "Requested resource not found" (the message of
  // item operations; operations on tables say "Requested resource not found: Table: NAME not
  // found").
  std::shared_ptr<const Table> get(const Reader& reader, std::string_view name_or_arn) const;

  // At most `limit` names after `after`, in order.
  std::vector<std::string> names(const Reader& reader, std::string_view after, std::size_t limit) const;

  // Writes a new or changed description. A new table gets its id from nextTableId (and so do
  // streams).
  void put(Transaction& transaction, const Table& table) const;
  void erase(Transaction& transaction, const Table& table) const;
  std::uint64_t nextTableId(Transaction& transaction) const;

 private:
  struct Cached {
    std::string stored;
    std::shared_ptr<const Table> table;
  };
  mutable Mutex mutex_;
  mutable std::unordered_map<std::string, Cached> cache_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::dynamodb
