// Attribute values and items as DynamoDB's JSON, both ways: {"S": "text"}, {"N": "1.5"}, {"M": {…}} …
//
// Reading refuses in DynamoDB's words: what is not of the JSON type the model has is a SerializationException, what no
// attribute value may be (empty set, duplicate in a set, two types at once, none at all, nesting over
// limits::kItemDepth, a number out of range) is a ValidationException.
// Thread safety: free functions without state.
#pragma once

#include <string>

#include "base/json.h"
#include "base/json_writer.h"
#include "item/attribute_value.h"

namespace ddblog {

AttributeValue readAttributeValue(const json::value& wire);  // throws ApiError
Item readItem(const json::object& wire);                     // throws ApiError

void writeAttributeValue(JsonWriter& json, const AttributeValue& value);
void writeItem(JsonWriter& json, const Item& item);

// An item as a Boost.JSON tree, where an operation needs one (small answers, error fields).
json::object itemToJson(const Item& item);

}  // namespace ddblog
