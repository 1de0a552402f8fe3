// The resources of a stack, and which of them stay when it is deleted.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
//
// Thread safety: value types; functions without state.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/query_client.h"

namespace ddblog::deploy {

struct StackResource {
  std::string logical_id;
  std::string physical_id;
  std::string type;
  std::string status;
};

// Types that hold what nobody can make again.
bool isTable(std::string_view type);
bool isArchive(std::string_view type);

// Those that exist.
std::vector<StackResource> stackResources(const aws::QueryClient& api, const std::string& stack);

// The logical ids of the resources that stay by their DeletionPolicy. Throws std::runtime_error if the
// template cannot be read.
std::set<std::string> keptResources(const aws::QueryClient& api, const std::string& stack);

}  // namespace ddblog::deploy
