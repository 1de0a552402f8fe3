// The resources of a stack, and which of them stay when it is deleted.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
//
// Thread safety: value types; functions without state.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "aws/query_client.h"

namespace ddblog::deploy {

struct StackResource {
  std::string logical_id;
  std::string physical_id;
  std::string type;
  std::string status;
};

// Those that exist.
std::vector<StackResource> stackResources(const aws::QueryClient& api, const std::string& stack);

// The logical ids of the resources that stay by their DeletionPolicy. A stack whose template is in YAML
// (somebody else deployed it) has none that we know.
std::set<std::string> keptResources(const aws::QueryClient& api, const std::string& stack);

}  // namespace ddblog::deploy
