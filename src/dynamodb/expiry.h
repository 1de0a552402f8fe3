// The expiry queue: which items are due when, for tables with a TTL attribute. Kept by the item write path in the same
// transaction as the item; emptied by time_to_live.h.
//
//   key                                                                     value
//   kExpiry number(due, seconds since the epoch) number(table id) key       the item's key attributes, a stored item
//
// where `key` is the item's key in key bytes (item/key_bytes.h): hash, then range. An entry is a hint: whoever takes it
// looks at the item again. An item without the attribute, with one that is no number, or with a time that is no whole
// number of seconds from 0 on, never expires.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
#pragma once

#include <cstdint>
#include <optional>

#include "dynamodb/table.h"
#include "item/attribute_value.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// When `item` is due by its table's TTL attribute, in seconds since the epoch; nullopt: never.
std::optional<std::uint64_t> expiresAt(const Table& table, const Item& item);

// To be called for every write of an item: `old_item` and `new_item` are the item before and after; nullptr: none.
// Does nothing for tables without TTL.
void updateExpiry(Transaction& transaction, const Table& table, const Item* old_item, const Item* new_item);

}  // namespace ddblog::dynamodb
