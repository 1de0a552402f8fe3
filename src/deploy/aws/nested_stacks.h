// Stacks that are nested in another one: a change set only says that they may change, and not what becomes of
// their resources. (IncludeNestedStacks would say it, but then CloudFormation rejects templates that it can
// deploy.)
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html
//
// Thread safety: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/query_client.h"

namespace ddblog::deploy {

bool isNestedStack(std::string_view type);

// The tables and archives of a stack and of those that are nested in it: "the table Orders (dev-orders)".
std::vector<std::string> holdersIn(const aws::QueryClient& api, const std::string& stack);

}  // namespace ddblog::deploy
