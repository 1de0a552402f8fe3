// Converts JSON text to DynamoDB's JSON and back. Numbers are never converted to a double.
//
//   {"id": "1", "long": 12.345678}   <->   {"id": {"S": "1"}, "long": {"N": "12.345678"}}
//
// To DynamoDB: string -> S, number -> N (its characters unchanged), true/false -> BOOL, null ->
// NULL, object -> M, array -> L. Throws InvalidArgument for text that is not RFC 8259 JSON in
// UTF-8, for nesting over limits::kItemDepth, a duplicate or empty name, and a number of more than
// 38 digits or out of range.
//
// From DynamoDB (at most kAttributeDepth deep): also sets (as arrays) and binaries (as base64
// strings). Converted back, these become lists and strings.
//
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/limits.h"
#include "item/limits.h"

namespace ddblog {

// Half of limits::kJsonDepth, because a level of attributes takes two of JSON, less the levels of
// the event around the payload.
inline constexpr int kAttributeDepth = limits::kJsonDepth / 2 - 8;

// A JSON object to the contents of a map: {"id": {"S": "1"}}.
std::string attributesFromJson(std::string_view object, int max_depth = limits::kItemDepth);
// Any JSON value to an attribute: {"S": "1"}.
std::string attributeFromJson(std::string_view value, int max_depth = limits::kItemDepth);

// Attributes to JSON text. Throw InvalidEvent for anything that is not an attribute.
std::string jsonFromAttributes(const json::object& attributes);
std::string jsonFromAttribute(const json::value& attribute);

// Whether `text` is a JSON number.
bool isJsonNumber(std::string_view text);

}  // namespace ddblog
