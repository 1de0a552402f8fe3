#include "deploy/aws/nested_stacks.h"

#include <stdexcept>

#include "deploy/aws/stack_resources.h"

namespace ddblog::deploy {
namespace {

constexpr std::size_t kMostStacks = 200;  // ours

}  // namespace

bool isNestedStack(std::string_view type) { return type == "AWS::CloudFormation::Stack"; }

std::vector<std::string> holdersIn(const aws::QueryClient& api, const std::string& stack) {
  std::vector<std::string> holders;
  std::vector<std::string> stacks = {stack};
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    if (i == kMostStacks) throw std::runtime_error("More than 200 stacks are nested in " + stack + ".");
    for (const StackResource& resource : stackResources(api, stacks[i])) {
      const std::string name = resource.logical_id + " (" + resource.physical_id + ")";
      if (isTable(resource.type)) holders.push_back("the table " + name);
      if (isArchive(resource.type)) holders.push_back("the archive " + name);
      if (isNestedStack(resource.type) && !resource.physical_id.empty()) stacks.push_back(resource.physical_id);
    }
  }
  return holders;
}

}  // namespace ddblog::deploy
