// Plain JSON as attribute values, as the SDKs' document clients convert it: {"age": 3} becomes
// {"age": {"N": "3"}}. A number keeps all its digits.
//
// Errors: std::invalid_argument with one line. Thread safety: stateless functions.
#pragma once

#include <string_view>

#include "base/json.h"
#include "item/attribute_value.h"

namespace ddblog {

// `object`: the text of one JSON object.
Item itemOfPlainJson(std::string_view object);

// Whether an object is an item in DynamoDB's JSON: each member is an object with one member, whose
// name is a type. False for {}.
bool isDynamoDbJson(const json::object& object);

}  // namespace ddblog
