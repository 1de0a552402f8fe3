// The rules of a bus, as ListRules returns them.
//
// Errors: as Transport. Thread safety: a stateless function.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "ddblog/transport.h"

namespace ddblog::cli {

std::vector<json::object> rulesOfBus(Transport& transport, const std::string& bus);

}  // namespace ddblog::cli
