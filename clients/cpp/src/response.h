// Parses a service's response.
//
// Thread safety: a free function without state.
#pragma once

#include <string>

#include "base/json.h"

namespace ddblog {

// Throws std::runtime_error if it is not a JSON object.
json::object parseResponse(const std::string& response);

}  // namespace ddblog
