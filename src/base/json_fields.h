// Reads members of JSON objects that may be missing or of another type.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace ddblog {

// nullptr: there is no such member.
const json::value* memberOf(const json::object& object, std::string_view name);
// nullptr: there is no such member, or it is not an object.
const json::object* objectOf(const json::object& object, std::string_view name);
// Empty: there is no such member, or it is not a string.
std::string textOf(const json::object& object, std::string_view name);

}  // namespace ddblog
