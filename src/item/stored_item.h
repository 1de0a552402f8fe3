// Items as bytes in the store: compact, self-delimiting, versioned by their first byte.
//
//   item    0x01, size (varint, DynamoDB's arithmetic), attributes
//   attributes   count (varint), then for each, in the order of their names: text (its name), value
//   text    length (varint), UTF-8 bytes
//   value   'S' text | 'N' number | 'B' text | 's' count, texts | 'n' count, numbers | 'b' count, texts
//           'M' attributes | 'L' count, values | '1' true | '0' false | '-' null
//   number  Decimal's ordered bytes (self-delimiting, most numbers 2 to 5 bytes)
//   varint  seven bits a byte, low ones first, the high bit says that more follow
//
// Rejected: the request's JSON (three times as many bytes, parsed for every filter); a table of
// offsets (items are read whole).
//
// Decodes only bytes that we wrote; on others it throws std::runtime_error and never reads out of
// bounds. writeStoredItem converts stored bytes to wire JSON without an Item in between: the path
// of every read that neither filters nor projects.
// Thread safety: stateless functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/json_writer.h"
#include "item/attribute_value.h"

namespace ddblog {

using NamedValue = std::pair<std::string_view, const AttributeValue*>;

std::string encodeItem(const Item& item);
// The same for some attributes of an item (its key, for example), in the order of their names.
std::string encodeItem(std::span<const NamedValue> attributes);
Item decodeItem(std::string_view stored);                         // throws std::runtime_error
void writeStoredItem(JsonWriter& json, std::string_view stored);  // throws std::runtime_error
std::string storedItemJson(std::string_view stored);              // throws std::runtime_error
// The item's size as DynamoDB calculates it (item_size.h). It is in the encoding's header, so
// reading it costs nothing.
std::size_t storedItemSize(std::string_view stored);

}  // namespace ddblog
