// Items as bytes in the store: compact, self-delimiting, versioned by their first byte.
//
// Decoding is for bytes that we wrote; on anything else it throws std::runtime_error (and never reads out of bounds).
// writeStoredItem goes from stored bytes to wire JSON directly, without an Item in between: the way of every read that
// neither filters nor projects.
// Thread safety: free functions without state.
#pragma once

#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "item/attribute_value.h"

namespace ddblog {

std::string encodeItem(const Item& item);
Item decodeItem(std::string_view stored);                          // throws std::runtime_error
void writeStoredItem(JsonWriter& json, std::string_view stored);   // throws std::runtime_error
// The item's size by DynamoDB's arithmetic (see item_size.h), kept in the encoding's header so that reading it is free.
std::size_t storedItemSize(std::string_view stored);

}  // namespace ddblog
