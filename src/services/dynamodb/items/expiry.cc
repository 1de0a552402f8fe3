#include "services/dynamodb/items/expiry.h"

#include <utility>

#include "base/bytes.h"
#include "item/key_bytes.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

std::string expiryKey(std::uint64_t due, const Table& table, const Item& item) {
  std::string key = KeyBuilder(key_spaces::kExpiry).number(due).number(table.id).str();
  for (const auto* attributes : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *attributes) appendKeyBytes(key, item.at(attribute.name));
  }
  return key;
}

void put(Transaction& transaction, const Table& table, std::uint64_t due, const Item& item) {
  std::string value;
  appendText(value, table.name);
  value += encodeKeyAttributes(table, item);
  transaction.put(expiryKey(due, table, item), std::move(value));
}

}  // namespace

std::optional<std::uint64_t> expiresAt(const Table& table, const Item& item) {
  const auto found = item.find(table.ttl_attribute);
  if (table.ttl_attribute.empty() || found == item.end()) return std::nullopt;
  const Decimal* time = found->second.getIf<Decimal>();
  if (!time) return std::nullopt;
  const std::optional<std::int64_t> seconds = time->toInt64();
  if (!seconds || *seconds < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*seconds);
}

void updateExpiry(Transaction& transaction, const Table& table, const Item* old_item, const Item* new_item) {
  if (table.ttl_attribute.empty()) return;
  const std::optional<std::uint64_t> was_due = old_item ? expiresAt(table, *old_item) : std::nullopt;
  const std::optional<std::uint64_t> due = new_item ? expiresAt(table, *new_item) : std::nullopt;
  if (was_due == due) return;
  if (was_due) transaction.erase(expiryKey(*was_due, table, *old_item));
  if (due) put(transaction, table, *due, *new_item);
}

void fillExpiry(Transaction& transaction, const Table& table) {
  const StoredRange items = wholeRange(table, nullptr);
  for (auto cursor = transaction.cursor(items.begin, items.end); cursor->valid(); cursor->next()) {
    const Item item = decodeItem(cursor->value());
    if (const std::optional<std::uint64_t> due = expiresAt(table, item)) put(transaction, table, *due, item);
  }
}

ExpiryEntry decodeExpiry(std::string_view key, std::string_view value) {
  KeyParser parser(key);
  ExpiryEntry entry;
  entry.due = parser.number();
  entry.table_id = parser.number();
  entry.table_name = takeText(value);
  entry.item_key = decodeItem(value);
  return entry;
}

std::string beginOfExpiry() { return KeyBuilder(key_spaces::kExpiry).str(); }
std::string endOfExpiry(std::uint64_t now) { return KeyBuilder(key_spaces::kExpiry).number(now + 1).str(); }

}  // namespace ddblog::dynamodb
