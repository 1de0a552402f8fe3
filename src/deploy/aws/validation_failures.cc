#include "deploy/aws/validation_failures.h"

#include "aws/pages.h"
#include "deploy/aws/bus_owner.h"

namespace ddblog::deploy {
namespace {

constexpr std::size_t kMostFailurePages = 20;  // ours; a template has at most 500 resources

std::string lineOf(const aws::XmlElement& event) {
  std::string reason = event.textOf("ValidationStatusReason");
  if (reason.empty()) reason = event.textOf("ResourceStatusReason");
  if (reason.empty()) reason = event.textOf("HookStatusReason");
  if (reason.empty()) return {};
  std::string line;
  if (const std::string id = event.textOf("LogicalResourceId"); !id.empty()) {
    line += id + " (" + event.textOf("ResourceType") + "): ";
  }
  if (const std::string name = event.textOf("ValidationName"); !name.empty()) line += name + ": ";
  line += reason;
  if (const std::string path = event.textOf("ValidationPath"); !path.empty()) line += ", at " + path;
  return line;
}

}  // namespace

std::vector<std::string> validationFailures(const aws::QueryClient& api, const std::string& change_set_arn) {
  std::vector<std::string> lines;
  try {
    aws::forEachPage("The list of failures", kMostFailurePages, [&](const std::string& token) {
      // Only the change set's ARN is accepted, not its name.
      aws::QueryParameters parameters = {{"ChangeSetName", change_set_arn}, {"Filters.FailedEvents", "true"}};
      if (!token.empty()) parameters.emplace_back("NextToken", token);
      const auto result = api.call("DescribeEvents", parameters);
      for (const auto& event : result.listOf("OperationEvents")) {
        const std::string line = lineOf(event);
        if (line.empty()) continue;
        lines.push_back(line + adviceOnBus(api, event.textOf("StackId"), event.textOf("ResourceType"),
                                           event.textOf("ResourceProperties")));
      }
      return result.textOf("NextToken");
    });
  } catch (const std::exception& error) {  // the caller knows the change set's own reason
    lines.push_back(std::string("AWS does not say what it found (cloudformation:DescribeEvents): ") + error.what());
  }
  return lines;
}

}  // namespace ddblog::deploy
