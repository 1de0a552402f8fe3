// What a service answered, as JSON.
//
// Thread safety: a free function without state.
#pragma once

#include <string>

#include "base/json.h"

namespace ddblog {

// Throws std::runtime_error when it is no object.
json::object parseAnswer(const std::string& answer);

}  // namespace ddblog
