#include "deploy/aws/stack_operations.h"

namespace ddblog::deploy {
namespace {

constexpr Duration kLookAtOthers{5000};
constexpr Duration kLongestOfOthers{std::chrono::hours(24)};  // ours

std::string howToFollow(const Stack& stack, const std::string& region) {
  const std::string url = consoleUrl(stack, region);
  return "Follow it with `aws cloudformation describe-stack-events --stack-name " + stack.name + "`" +
         (url.empty() ? "." : ", or at " + url);
}

}  // namespace

StackOperations::StackOperations(aws::Session& session, Ids& ids, UserDialog& dialog)
    : ids_(ids),
      dialog_(dialog),
      stacks_(session, aws::kCloudFormation),
      account_(accountOf(session)),
      waiting_(session, [&dialog] { return dialog.isInterrupted(); }) {}

StackOutcome StackOperations::watch(StackEvents& events, const std::string& what) {
  const std::string& id = events.stackId();
  // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
  const std::size_t name = id.find('/');
  Stack stack{.id = id, .name = id.substr(name + 1, id.find('/', name + 1) - name - 1)};
  try {
    return follow(
        stacks_, events, waiting_, [this](const StackEvent& event) { dialog_.showEvent(event); },
        [this](const std::string& line) { dialog_.say(line); });
  } catch (const Interrupted&) {
    throw std::runtime_error(what + " goes on in AWS. " + howToFollow(stack, account_.region));
  } catch (const std::exception& error) {
    std::string why = error.what();
    while (why.ends_with('.')) why.pop_back();
    throw std::runtime_error(what + " goes on in AWS, but cannot be watched any longer: " + why + ". " +
                             howToFollow(stack, account_.region));
  }
}

StackOutcome StackOperations::deleteStack(const Stack& stack, const std::string& role_arn,
                                          const std::vector<std::string>& kept) {
  const std::string token = newToken();
  StackEvents events(stacks_, stack.id, token);
  aws::QueryParameters parameters = {{"StackName", stack.id}, {"ClientRequestToken", token}};
  if (!role_arn.empty()) parameters.emplace_back("RoleARN", role_arn);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    parameters.emplace_back("RetainResources.member." + std::to_string(i + 1), kept[i]);
  }
  if (dialog_.isInterrupted()) throw Interrupted();
  stacks_.call("DeleteStack", parameters);
  return watch(events, "The removal");
}

void StackOperations::waitForOthers(const Stack& stack) {
  for (Duration waited{0}; waited < kLongestOfOthers; waited += kLookAtOthers) {
    const auto now = findStack(stacks_, stack.id);
    if (!now || !isInProgress(now->status)) return;
    waiting_.pause(kLookAtOthers);
  }
  throw std::runtime_error("The other deployment of " + stack.name + " has not ended in a day.");
}

std::string causeOf(const StackOutcome& outcome, const std::string& region) {
  std::string text;
  if (outcome.root_cause) {
    text = outcome.root_cause->logical_id + " (" + outcome.root_cause->type + "): " + outcome.root_cause->reason;
  } else {
    text = outcome.stack.status + (outcome.stack.status_reason.empty() ? "" : ": " + outcome.stack.status_reason);
  }
  const std::string url = consoleUrl(outcome.stack, region);
  return url.empty() ? text : text + " " + url;
}

}  // namespace ddblog::deploy
