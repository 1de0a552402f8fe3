// JSON text to DynamoDB's JSON and back, without a number ever becoming a double.
//
//   {"id": "1", "long": 12.345678}   <->   {"id": {"S": "1"}, "long": {"N": "12.345678"}}
//
// To DynamoDB: text -> S, number -> N (its characters as they are), true/false -> BOOL, null -> NULL, object -> M,
// array
// -> L. Refused with std::invalid_argument, before anything is sent: what is no RFC 8259 JSON in UTF-8, nesting over
// limits::kItemDepth, a name twice in one object, an empty name, a number of more than 38 digits or out of range.
//
// From DynamoDB (at most kAttributeDepth deep): also sets (as arrays) and binaries (as their base64); going back they
// are arrays and texts.
//
// Thread safety: free functions without state.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/limits.h"

namespace ddblog {

// What is read back is a payload somewhere inside an event; half of limits::kJsonDepth, as a level takes two of JSON.
inline constexpr int kAttributeDepth = limits::kJsonDepth / 2 - 8;

// One JSON object to the content of a map: {"id": {"S": "1"}}.
std::string attributesFromJson(std::string_view object, int max_depth = limits::kItemDepth);
// Any JSON value to an attribute: {"S": "1"}.
std::string attributeFromJson(std::string_view value, int max_depth = limits::kItemDepth);

// Attributes to JSON text. They throw InvalidEvent for what is no attribute.
std::string jsonFromAttributes(const json::object& attributes);
std::string jsonFromAttribute(const json::value& attribute);

// Whether `text` is a number as JSON writes it.
bool isJsonNumber(std::string_view text);

}  // namespace ddblog
