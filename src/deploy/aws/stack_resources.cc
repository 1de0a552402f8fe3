#include "deploy/aws/stack_resources.h"

#include <stdexcept>

#include "aws/pages.h"
#include "template/findings.h"
#include "template/yaml.h"

namespace ddblog::deploy {
namespace {

constexpr std::size_t kMostResourcePages = 20;  // ours; a stack has at most 500 resources, a page has 100

}  // namespace

bool isTable(std::string_view type) { return type == "AWS::DynamoDB::Table" || type == "AWS::DynamoDB::GlobalTable"; }

bool isArchive(std::string_view type) { return type == "AWS::Events::Archive"; }

std::vector<StackResource> stackResources(const aws::QueryClient& api, const std::string& stack) {
  std::vector<StackResource> resources;
  aws::forEachPage("The list of the stack's resources", kMostResourcePages, [&](const std::string& token) {
    aws::QueryParameters parameters = {{"StackName", stack}};
    if (!token.empty()) parameters.emplace_back("NextToken", token);
    const auto result = api.call("ListStackResources", parameters);
    for (const auto& member : result.listOf("StackResourceSummaries")) {
      StackResource resource{member.textOf("LogicalResourceId"), member.textOf("PhysicalResourceId"),
                             member.textOf("ResourceType"), member.textOf("ResourceStatus")};
      if (resource.status != "DELETE_COMPLETE") resources.push_back(std::move(resource));
    }
    return result.textOf("NextToken");
  });
  return resources;
}

std::set<std::string> keptResources(const aws::QueryClient& api, const std::string& stack) {
  const auto result = api.call("GetTemplate", {{"StackName", stack}, {"TemplateStage", "Processed"}});
  std::set<std::string> kept;
  templates::Findings findings;
  try {  // JSON is YAML, too
    const templates::Node text = templates::parseTemplateText(result.textOf("TemplateBody"), 0, findings);
    const templates::Node* resources = text.given("Resources");
    if (!resources || !resources->isMap()) throw std::runtime_error("it has no Resources");
    for (const auto& [id, resource] : resources->members) {
      const templates::Node* policy = resource.given("DeletionPolicy");
      if (policy && policy->text.starts_with("Retain")) kept.insert(id);
    }
  } catch (const std::exception& error) {
    throw std::runtime_error("The template of " + stack +
                             " cannot be read, so nobody knows what stays: " + error.what());
  }
  return kept;
}

}  // namespace ddblog::deploy
