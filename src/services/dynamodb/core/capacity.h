// The capacity units that an operation consumed of a table and its indexes, for
// ReturnConsumedCapacity.
//
// Reading an item costs one unit per 4 KB, rounded up, and half of that if the read is eventually
// consistent. A page of Query or Scan rounds the sum of its items. A write costs one unit per 1 KB,
// rounded up, of the larger of the old and the new item; each write of an index entry costs the
// same by the entry's size. Transactions cost double. The minimum is one step, even for a read that
// finds nothing. A Scan of a table that is billed on demand rounds the sum of each of its partitions
// (on_demand_partitions.h).
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

// Whether a response also reports transactional units, besides CapacityUnits.
enum class CapacityKind { kPlain, kTransactionalRead, kTransactionalWrite };

class ConsumedCapacity {
 public:
  void addTable(double units) { table_ += units; }
  void addIndex(const Index& index, double units);
  void addRefusedWrites(double units) { refused_writes_ += units; }  // in the total, but in no table's or index's part
  void add(const ConsumedCapacity& other);
  void multiplyTable(double factor);

  double total() const;
  double table() const { return table_; }
  double index(std::string_view name) const;

  // Writes the structure ConsumedCapacity; `table_name`: as in the request (a name or an ARN).
  void write(JsonWriter& json, std::string_view table_name, CapacityReport report,
             CapacityKind kind = CapacityKind::kPlain) const;

 private:
  using Indexes = std::map<std::string, double, std::less<>>;

  double table_ = 0;
  double refused_writes_ = 0;
  Indexes local_;
  Indexes global_;
};

// Writes the list ConsumedCapacity of a request on several tables, or nothing if the request did
// not ask for it. `consumed`: pairs of a table's name, as in the request, and its ConsumedCapacity
// (a map or a list).
template <class ByTable>
void writeConsumedCapacity(JsonWriter& json, const ByTable& consumed, CapacityReport report,
                           CapacityKind kind = CapacityKind::kPlain) {
  if (report == CapacityReport::kNone) return;
  json.key("ConsumedCapacity").beginArray();
  for (const auto& [table_name, of_table] : consumed) of_table.write(json, table_name, report, kind);
  json.endArray();
}

}  // namespace ddblog::dynamodb
