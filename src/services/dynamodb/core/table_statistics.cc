#include "services/dynamodb/core/table_statistics.h"

#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

std::string tableKey(const Table& table) {
  return KeyBuilder(key_spaces::kTableExtras).number(table.id).bytes("S").str();
}

std::string indexKey(const Table& table, const Index& index) {
  return KeyBuilder(key_spaces::kTableExtras).number(table.id).bytes("I").number(index.id).str();
}

TableStatistics read(const Reader& reader, const std::string& key) {
  const std::optional<std::string> stored = reader.getHot(key);
  if (!stored) return {};
  std::string_view bytes = *stored;
  TableStatistics statistics;
  statistics.items = takeNumber<std::int64_t>(bytes);
  statistics.bytes = takeNumber<std::int64_t>(bytes);
  return statistics;
}

void add(Transaction& transaction, std::string key, TableStatistics change) {
  if (change.items == 0 && change.bytes == 0) return;
  const TableStatistics before = read(transaction, key);
  std::string stored;
  stored.reserve(2 * sizeof(std::int64_t));
  appendNumber<std::int64_t>(stored, before.items + change.items);
  appendNumber<std::int64_t>(stored, before.bytes + change.bytes);
  transaction.put(std::move(key), std::move(stored));
}

}  // namespace

void countItemChange(Transaction& transaction, const Table& table, std::string_view old_image,
                     std::string_view new_image) {
  TableStatistics change;
  if (!old_image.empty()) {
    --change.items;
    change.bytes -= static_cast<std::int64_t>(storedItemSize(old_image));
  }
  if (!new_image.empty()) {
    ++change.items;
    change.bytes += static_cast<std::int64_t>(storedItemSize(new_image));
  }
  add(transaction, tableKey(table), change);
}

void countIndexChange(Transaction& transaction, const Table& table, const Index& index, TableStatistics change) {
  add(transaction, indexKey(table, index), change);
}

void eraseStatistics(Transaction& transaction, const Table& table, const Index& index) {
  transaction.erase(indexKey(table, index));
}

TableStatistics statisticsOf(const Reader& reader, const Table& table) { return read(reader, tableKey(table)); }

TableStatistics statisticsOf(const Reader& reader, const Table& table, const Index& index) {
  return read(reader, indexKey(table, index));
}

}  // namespace ddblog::dynamodb
