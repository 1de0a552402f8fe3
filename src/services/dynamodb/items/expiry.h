// The expiry queue: the items of tables with a TTL attribute, by expiry time. The write path
// updates it in the item's transaction; time_to_live.h drains it.
//
//   key     kExpiry | due, 8 (seconds since the epoch) | table id, 8 | key
//   value   the table's name as a string (base/bytes.h), then the item's key attributes as a stored item
//
// where `key` is the item's key in key bytes (item/key_bytes.h): hash, then range. An entry is a
// hint: its reader must check the item again. An item never expires if the attribute is missing, is
// not a number, or is not a whole number of seconds from 0.
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

// The item's expiry time by its table's TTL attribute, in seconds since the epoch; std::nullopt:
// never.
std::optional<std::uint64_t> expiresAt(const Table& table, const Item& item);

// Call it for every write of an item. `old_item` and `new_item`: the item before and after;
// nullptr: none. Does nothing for tables without TTL.
void updateExpiry(Transaction& transaction, const Table& table, const Item* old_item, const Item* new_item);

// Queues all existing items of the table, when TTL is turned on. It is one command, so the writer
// does nothing else meanwhile.
void fillExpiry(Transaction& transaction, const Table& table);

// A decoded entry of the queue.
struct ExpiryEntry {
  std::uint64_t due = 0;
  std::uint64_t table_id = 0;
  std::string table_name;
  Item item_key;
};
ExpiryEntry decodeExpiry(std::string_view key, std::string_view value);  // throws std::runtime_error
// The range [begin, end) of the store's keys with all entries that are due at `now` (seconds since
// the epoch).
std::string beginOfExpiry();
std::string endOfExpiry(std::uint64_t now);

}  // namespace ddblog::dynamodb
