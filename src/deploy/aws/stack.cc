#include "deploy/aws/stack.h"

#include "aws/partition.h"
#include "aws/sigv4.h"

namespace ddblog::deploy {

Situation situationOf(std::string_view status) {
  if (status == "REVIEW_IN_PROGRESS" || status == "DELETE_COMPLETE") return Situation::kAbsent;
  if (isInProgress(status)) return Situation::kInProgress;
  if (status == "ROLLBACK_COMPLETE" || status == "ROLLBACK_FAILED") return Situation::kNeverComplete;
  if (status == "UPDATE_ROLLBACK_FAILED") return Situation::kStuck;
  if (status == "DELETE_FAILED") return Situation::kHalfDeleted;
  return Situation::kReady;
}

bool isLeftAsItFailed(std::string_view status) { return status == "CREATE_FAILED" || status == "UPDATE_FAILED"; }

bool isInProgress(std::string_view status) { return status.ends_with("_IN_PROGRESS"); }

std::optional<Stack> findStack(const aws::QueryClient& api, const std::string& name) {
  aws::XmlElement result;
  try {
    result = api.call("DescribeStacks", {{"StackName", name}});
  } catch (const aws::ServiceError& error) {
    // Only the words tell an absent stack from an invalid request.
    const bool is_absent =
        error.type() == "ValidationError" && error.message().find("does not exist") != std::string::npos;
    if (is_absent) return std::nullopt;
    throw;
  }
  const auto& stacks = result.listOf("Stacks");
  if (stacks.empty()) return std::nullopt;
  const aws::XmlElement& found = stacks.front();
  Stack stack{.id = found.textOf("StackId"),
              .name = found.textOf("StackName"),
              .status = found.textOf("StackStatus"),
              .status_reason = found.textOf("StackStatusReason"),
              .is_protected = found.textOf("EnableTerminationProtection") == "true"};
  for (const auto& parameter : found.listOf("Parameters")) {
    stack.parameters[parameter.textOf("ParameterKey")] = parameter.textOf("ParameterValue");
  }
  for (const auto& output : found.listOf("Outputs")) {
    stack.outputs[output.textOf("OutputKey")] = output.textOf("OutputValue");
  }
  return stack;
}

std::string consoleUrl(const Stack& stack, std::string_view region) {
  const std::string_view domain = aws::partitionOf(region).console_domain;
  if (domain.empty()) return {};
  return "https://" + std::string(domain) + "/cloudformation/home?region=" + std::string(region) +
         "#/stacks/events?stackId=" + aws::percentEncode(stack.id);
}

}  // namespace ddblog::deploy
