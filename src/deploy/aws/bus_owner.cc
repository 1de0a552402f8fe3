#include "deploy/aws/bus_owner.h"

#include "base/json.h"

namespace ddblog::deploy {
namespace {

std::string nameIn(const std::string& properties) {
  try {
    const json::value tree = parseJson(properties);
    return std::string(tree.as_object().at("Name").as_string());
  } catch (const std::exception&) {  // none, or no JSON
    return {};
  }
}

}  // namespace

std::string adviceOnBus(const aws::QueryClient& api, const std::string& stack, const std::string& type,
                        const std::string& properties) {
  const std::string bus = type == "AWS::Events::EventBus" ? nameIn(properties) : std::string();
  if (bus.empty()) return {};
  try {
    const auto result = api.call("DescribeStackResources", {{"PhysicalResourceId", bus}});
    const auto& resources = result.listOf("StackResources");
    if (resources.empty() || resources.front().textOf("StackId") == stack) return {};
    return " The bus " + bus + " belongs to the stack " + resources.front().textOf("StackName") +
           ": give this stage another one (--parameter EventBusName=NAME).";
  } catch (const aws::ServiceError&) {  // no stack has it, or the caller may not ask
    return {};
  }
}

}  // namespace ddblog::deploy
