// The expiry queue: which items are due when, for tables with a TTL attribute. Kept by the item
// write path in the same transaction as the item; emptied by time_to_live.h.
//
//   key     kExpiry | due, 8 (seconds since the epoch) | table id, 8 | key
//   value   the table's name as a text (base/bytes.h), then the item's key attributes, a stored item
//
// where `key` is the item's key in key bytes (item/key_bytes.h): hash, then range. An entry is a
// hint: whoever takes it looks at the item again. An item without the attribute, with one that is
// no number, or with a time that is no whole number of seconds from 0 on, never expires.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "item/attribute_value.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// When `item` is due by its table's TTL attribute, in seconds since the epoch; nullopt: never.
std::optional<std::uint64_t> expiresAt(const Table& table, const Item& item);

// To be called for every write of an item: `old_item` and `new_item` are the item before and after;
// nullptr: none. Does nothing for tables without TTL.
void updateExpiry(Transaction& transaction, const Table& table, const Item* old_item, const Item* new_item);

// Queues all items that are in the table already: when TTL is turned on. In one command: the writer
// does nothing else meanwhile.
void fillExpiry(Transaction& transaction, const Table& table);

// An entry of the queue, taken apart.
struct ExpiryEntry {
  std::uint64_t due = 0;
  std::uint64_t table_id = 0;
  std::string table_name;
  Item item_key;
};
ExpiryEntry decodeExpiry(std::string_view key, std::string_view value);  // throws std::runtime_error
// All entries that are due at `now` (seconds since the epoch): [begin, end) of the store's keys.
std::string beginOfExpiry();
std::string endOfExpiry(std::uint64_t now);

}  // namespace ddblog::dynamodb
