#include "deploy/aws/stack_resources.h"

#include <stdexcept>

#include "base/json.h"

namespace ddblog::deploy {
namespace {

constexpr int kMostResourcePages = 20;  // ours; a stack has at most 500 resources, a page has 100

}  // namespace

std::vector<StackResource> stackResources(const aws::QueryClient& api, const std::string& stack) {
  std::vector<StackResource> resources;
  std::string next;
  for (int page = 0; page < kMostResourcePages; ++page) {
    aws::QueryParameters parameters = {{"StackName", stack}};
    if (!next.empty()) parameters.emplace_back("NextToken", next);
    const auto result = api.call("ListStackResources", parameters);
    for (const auto& member : result.listOf("StackResourceSummaries")) {
      StackResource resource{member.textOf("LogicalResourceId"), member.textOf("PhysicalResourceId"),
                             member.textOf("ResourceType"), member.textOf("ResourceStatus")};
      if (resource.status != "DELETE_COMPLETE") resources.push_back(std::move(resource));
    }
    next = result.textOf("NextToken");
    if (next.empty()) break;
  }
  return resources;
}

std::set<std::string> keptResources(const aws::QueryClient& api, const std::string& stack) {
  const auto result = api.call("GetTemplate", {{"StackName", stack}, {"TemplateStage", "Processed"}});
  std::set<std::string> kept;
  try {
    const json::value text = parseJson(result.textOf("TemplateBody"));
    for (const auto& [id, resource] : text.as_object().at("Resources").as_object()) {
      const json::value* policy = resource.as_object().if_contains("DeletionPolicy");
      if (policy && policy->is_string() && policy->get_string().starts_with("Retain")) kept.insert(std::string(id));
    }
  } catch (const std::exception&) {  // not JSON, or no template
    kept.clear();
  }
  return kept;
}

}  // namespace ddblog::deploy
