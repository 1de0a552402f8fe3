#include "dynamodb/expiry.h"

#include "item/key_bytes.h"
#include "item/stored_item.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

std::string expiryKey(std::uint64_t due, const Table& table, const Item& item) {
  std::string key = KeyBuilder(KeySpace::kExpiry).number(due).number(table.id).str();
  for (const auto* attributes : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *attributes) appendKeyBytes(key, item.at(attribute.name));
  }
  return key;
}

Item keyAttributes(const Table& table, const Item& item) {
  Item keys;
  for (const auto* attributes : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *attributes) keys.emplace(attribute.name, item.at(attribute.name));
  }
  return keys;
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
  if (due) transaction.put(expiryKey(*due, table, *new_item), encodeItem(keyAttributes(table, *new_item)));
}

}  // namespace ddblog::dynamodb
