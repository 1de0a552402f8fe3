// The stored form of buses and rules: JSON objects. Decoding anything that we did not write throws.
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

#include "services/eventbridge/bus/resources.h"

namespace ddblog::eventbridge {

std::string encodeBus(const Bus& bus);
Bus decodeBus(std::string_view stored);

std::string encodeRule(const Rule& rule);
Rule decodeRule(std::string_view stored);

}  // namespace ddblog::eventbridge
