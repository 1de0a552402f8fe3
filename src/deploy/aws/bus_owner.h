// Finds the stack that owns an event bus. Two stages in one region need buses with different names;
// otherwise the second deployment fails.
//
// Thread safety: a function without state.
#pragma once

#include <string>

#include "aws/query_client.h"

namespace ddblog::deploy {

// What to do about a bus that could not be made, because another stack has one of its name: a sentence,
// after a blank. Empty: the resource is no bus, or no other stack has it. `stack`: the ARN of ours.
// `properties`: the resource's, in JSON, as an event has them.
std::string adviceOnBus(const aws::QueryClient& api, const std::string& stack, const std::string& type,
                        const std::string& properties);

}  // namespace ddblog::deploy
