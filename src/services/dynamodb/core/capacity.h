// Capacity units: what an operation consumed of a table and its indexes, as ReturnConsumedCapacity
// asks for it.
//
// A read of an item costs a unit for each 4 KB begun, half of that if it is eventually consistent;
// a page of Query or Scan rounds the sum of its items. A write costs a unit for each 1 KB begun of
// the larger of the old and the new item; each write of an index entry the same by the entry's
// size. Transactions cost double. Nothing costs less than one step: a read that finds nothing, too.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
//
// Thread safety: a value type.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

double readUnits(std::size_t bytes, bool consistent);
double writeUnits(std::size_t bytes);

enum class CapacityReport { kNone, kTotal, kIndexes };

// What sort of units an answer names besides CapacityUnits: transactions name theirs.
enum class CapacityKind { kPlain, kTransactionalRead, kTransactionalWrite };

class ConsumedCapacity {
 public:
  void addTable(double units) { table_ += units; }
  void addIndex(const Index& index, double units);
  void addRefusedWrites(double units) { refused_writes_ += units; }  // in the total, of no table and no index
  void add(const ConsumedCapacity& other);
  void multiplyTable(double factor);

  double total() const;
  double table() const { return table_; }
  double index(std::string_view name) const;

  // The structure ConsumedCapacity; `table_name` as the request named the table (a name or an ARN).
  void write(JsonWriter& json, std::string_view table_name, CapacityReport report,
             CapacityKind kind = CapacityKind::kPlain) const;

 private:
  using Indexes = std::map<std::string, double, std::less<>>;

  double table_ = 0;
  double refused_writes_ = 0;
  Indexes local_;
  Indexes global_;
};

// The list ConsumedCapacity of a request on several tables; writes nothing unless the request asked
// for it. `consumed`: pairs of a table's name, as the request gave it, and its ConsumedCapacity (a
// map or a list).
template <class ByTable>
void writeConsumedCapacity(JsonWriter& json, const ByTable& consumed, CapacityReport report,
                           CapacityKind kind = CapacityKind::kPlain) {
  if (report == CapacityReport::kNone) return;
  json.key("ConsumedCapacity").beginArray();
  for (const auto& [table_name, of_table] : consumed) of_table.write(json, table_name, report, kind);
  json.endArray();
}

}  // namespace ddblog::dynamodb
