// How AWS words what is wrong with a request's JSON: values as an error shows them, and the errors for
// values of the wrong type.
//
// The messages of AWS's JSON reader depend on the type that was expected. dynalite's tests recorded
// them from DynamoDB (https://github.com/architect/dynalite, test/helpers.js).
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/json.h"

namespace ddblog::rpc {

// Errors show "KeySchema" as 'keySchema'.
std::string lowerFirst(std::string_view name);
// A value as an error shows it: strings unquoted, other values as Java's toString formats them.
std::string shown(const json::value& value);
// A list of structures as Java's toString formats it: "[KeySchemaElement(attributeName=a, keyType=HASH)]".
// Empty `java_class`: as shown().
std::string shownList(const json::array& list, std::string_view java_class);

// Each returns a SerializationException. `wanted`: "String".
ApiError wrongScalar(const json::value& value, std::string_view wanted);
ApiError wrongList(const json::value& value);
// `java_class`: the structure's; `as_element`: an element of a list or map instead of a field.
ApiError wrongObject(const json::value& value, std::string_view java_class, bool as_element);
// `java_class`: the class of the map's values.
ApiError wrongMap(const json::value& value, std::string_view java_class);

}  // namespace ddblog::rpc
