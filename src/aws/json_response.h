// Parses the response of a service with a JSON protocol.
//
// Thread safety: a stateless function.
#pragma once

#include <string>

#include "base/json.h"

namespace ddblog::aws {

// The tree is only read (parseJsonInOnePiece). Throws std::runtime_error if it is not a JSON object.
json::object parseResponse(const std::string& response);

}  // namespace ddblog::aws
