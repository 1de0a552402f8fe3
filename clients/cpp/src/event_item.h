// Events as items of the log table, both ways. The format is in include/ddblog/event.h.
//
// Thread safety: free functions without state.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "ddblog/event.h"

namespace ddblog {

// The item as DynamoDB's JSON. Throws std::invalid_argument for a payload or metadata that are no JSON objects.
std::string itemFromEvent(const Event& event);

// Throws InvalidEvent saying what is missing or wrong. What else is in the item is ignored.
Event eventFromItem(const json::object& item);

// {"S": <text>}
std::string textAttribute(std::string_view text);
// {"N": "<number>"}
std::string numberAttribute(std::string_view number);

// The text of a member of type S, or N; nullptr if the member is absent or of another type.
const json::string* typedMember(const json::object& item, std::string_view name, std::string_view type);

}  // namespace ddblog
