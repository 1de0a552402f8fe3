// Reads members of JSON objects that may be missing or have another type.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace ddblog {

// nullptr: no such member.
const json::value* memberOf(const json::object& object, std::string_view name);
// nullptr: no such member, or it is not an object.
const json::object* objectOf(const json::object& object, std::string_view name);
// Empty: no such member, or it is not a string.
std::string textOf(const json::object& object, std::string_view name);

}  // namespace ddblog
