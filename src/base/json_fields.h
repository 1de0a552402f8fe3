// Members of JSON objects that may be there or not, of the right type or of another.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace ddblog {

// nullptr: it is not there.
const json::value* memberOf(const json::object& object, std::string_view name);
// nullptr: it is not there, or no object.
const json::object* objectOf(const json::object& object, std::string_view name);
// Empty: it is not there, or no string.
std::string textOf(const json::object& object, std::string_view name);

}  // namespace ddblog
