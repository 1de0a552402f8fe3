// Single items of a table, as JSON: for what a function keeps beside its read models.
//
// Both throw what Transport::call throws. Thread safety: as the transport's.
#pragma once

#include <optional>
#include <string_view>

#include "ddblog/payload.h"
#include "ddblog/transport.h"

namespace ddblog {

// Writes the item, a JSON object with the table's key; it replaces an item that has this key. Throws
// InvalidArgument for JSON that cannot be an item.
void putItem(Transport& transport, std::string_view table, std::string_view item);

// The item with this key, read consistently, without `pk` and `sk`; std::nullopt if there is none.
std::optional<Payload> getItem(Transport& transport, std::string_view table, std::string_view pk, std::string_view sk);

}  // namespace ddblog
