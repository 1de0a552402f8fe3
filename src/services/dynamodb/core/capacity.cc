#include "services/dynamodb/core/capacity.h"

#include <algorithm>

namespace ddblog::dynamodb {
namespace {

double steps(std::size_t bytes, std::size_t step) {
  return static_cast<double>(std::max<std::size_t>(1, (bytes + step - 1) / step));
}

void writeUnitsOf(JsonWriter& json, double units, CapacityKind kind) {
  json.key("CapacityUnits").value(units);
  if (kind == CapacityKind::kTransactionalRead) json.key("ReadCapacityUnits").value(units);
  if (kind == CapacityKind::kTransactionalWrite) json.key("WriteCapacityUnits").value(units);
}

void writeIndexes(JsonWriter& json, std::string_view name, const std::map<std::string, double, std::less<>>& indexes,
                  CapacityKind kind) {
  if (indexes.empty()) return;
  json.key(name).beginObject();
  for (const auto& [index, units] : indexes) {
    json.key(index).beginObject();
    writeUnitsOf(json, units, kind);
    json.endObject();
  }
  json.endObject();
}

}  // namespace

double readUnits(std::size_t bytes, bool consistent) { return steps(bytes, 4096) * (consistent ? 1.0 : 0.5); }

double writeUnits(std::size_t bytes) { return steps(bytes, 1024); }

void ConsumedCapacity::addIndex(const Index& index, double units) {
  (index.global ? global_ : local_)[index.name] += units;
}

void ConsumedCapacity::add(const ConsumedCapacity& other) {
  table_ += other.table_;
  refused_writes_ += other.refused_writes_;
  for (const auto& [name, units] : other.local_) local_[name] += units;
  for (const auto& [name, units] : other.global_) global_[name] += units;
}

void ConsumedCapacity::multiplyTable(double factor) { table_ *= factor; }

double ConsumedCapacity::total() const {
  double sum = table_ + refused_writes_;
  for (const auto& [name, units] : local_) sum += units;
  for (const auto& [name, units] : global_) sum += units;
  return sum;
}

double ConsumedCapacity::index(std::string_view name) const {
  for (const Indexes* indexes : {&local_, &global_}) {
    auto found = indexes->find(name);
    if (found != indexes->end()) return found->second;
  }
  return 0;
}

void ConsumedCapacity::write(JsonWriter& json, std::string_view table_name, CapacityReport report,
                             CapacityKind kind) const {
  json.beginObject().key("TableName").value(table_name);
  writeUnitsOf(json, total(), kind);
  if (report == CapacityReport::kIndexes) {
    json.key("Table").beginObject();
    writeUnitsOf(json, table_, kind);
    json.endObject();
    writeIndexes(json, "LocalSecondaryIndexes", local_, kind);
    writeIndexes(json, "GlobalSecondaryIndexes", global_, kind);
  }
  json.endObject();
}

}  // namespace ddblog::dynamodb
