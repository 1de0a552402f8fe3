// Attribute values and items to and from DynamoDB's JSON: {"S": "text"}, {"N": "1.5"}, {"M": {…}},
// …
//
// Errors, with DynamoDB's messages: SerializationException for a wrong JSON type;
// ValidationException for an invalid attribute value (an empty set, a duplicate in a set, several
// types or none, nesting deeper than `levels`, a number out of range, an attribute whose name is
// empty or too long).
//
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/api_error.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "item/attribute_value.h"
#include "item/limits.h"

namespace ddblog {

// DynamoDB has two generations of validation, with different messages for sets and numbers. Most
// operations use the current one; batch writes, transactions and PartiQL still use the legacy one
// (observed in AWS in October 2026).
enum class MessageStyle { kLegacy, kCurrent };

// A value with no type or with several: the same error wherever the value occurs.
class MalformedValue : public ApiError {
 public:
  explicit MalformedValue(std::string message) : ApiError("ValidationException", std::move(message)) {}
};

// A value with several types.
class SeveralTypes : public MalformedValue {
 public:
  using MalformedValue::MalformedValue;
};

// Throws ApiError if the name is empty or longer than limits::kAttributeNameBytes.
void checkAttributeName(std::string_view name);

// Throws SerializationException if a value of the map has a wrong JSON type, whatever else is wrong.
void checkJsonTypes(const json::object& wire);

// `levels` is how deep the value may nest: 1 for a value without lists and maps. Both throw ApiError.
AttributeValue readAttributeValue(const json::value& wire, MessageStyle style = MessageStyle::kLegacy,
                                  int levels = limits::kItemDepth);
Item readItem(const json::object& wire, MessageStyle style = MessageStyle::kLegacy);

void writeAttributeValue(JsonWriter& json, const AttributeValue& value);
void writeItem(JsonWriter& json, const Item& item);
std::string itemJson(const Item& item);

// An item as a Boost.JSON tree, for operations that need one (small responses, error fields).
json::object itemToJson(const Item& item);

}  // namespace ddblog
