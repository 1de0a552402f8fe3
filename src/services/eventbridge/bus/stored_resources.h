// Buses and rules as bytes in the store: JSON objects. Decoding is for bytes that we wrote;
// anything else throws.
// Thread safety: free functions without state.
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
