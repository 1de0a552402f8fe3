// Attribute values and items as DynamoDB's JSON, both ways: {"S": "text"}, {"N": "1.5"}, {"M": {…}}, …
//
// Errors, in DynamoDB's words: SerializationException for a wrong JSON type; ValidationException for
// what no attribute value may be (an empty set, a duplicate in a set, two types at once, none at
// all, nesting over limits::kItemDepth, a number out of range, an attribute without a name).
//
// Thread safety: free functions without state.
#pragma once

#include <string>
#include <utility>

#include "base/api_error.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "item/attribute_value.h"
#include "item/limits.h"

namespace ddblog {

// DynamoDB validates most operations in newer code, whose words for sets and numbers differ; batch writes, transactions
// and PartiQL still speak the older ones (AWS's regions as of October 2026).
enum class MessageStyle { kLegacy, kCurrent };

// A value with no type, or with several: the same error wherever the value is.
class MalformedValue : public ApiError {
 public:
  explicit MalformedValue(std::string message) : ApiError("ValidationException", std::move(message)) {}
};

// A set without elements.
class EmptySet : public ApiError {
 public:
  explicit EmptySet(std::string message) : ApiError("ValidationException", std::move(message)) {}
};

AttributeValue readAttributeValue(const json::value& wire,
                                  MessageStyle style = MessageStyle::kLegacy);        // throws ApiError
Item readItem(const json::object& wire, MessageStyle style = MessageStyle::kLegacy);  // throws ApiError

void writeAttributeValue(JsonWriter& json, const AttributeValue& value);
void writeItem(JsonWriter& json, const Item& item);
std::string itemJson(const Item& item);

// An item as a Boost.JSON tree, where an operation needs one (small answers, error fields).
json::object itemToJson(const Item& item);

}  // namespace ddblog
