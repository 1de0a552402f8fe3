#include "deploy/aws/preparation.h"

namespace ddblog::deploy {
namespace {

constexpr int kMostSteps = 8;  // ours: from one situation to the next

void continueRollback(StackOperations& operations, const Stack& stack, const std::string& role_arn) {
  const std::string token = operations.newToken();
  StackEvents events(operations.stacks(), stack.id, token);
  aws::QueryParameters parameters = {{"StackName", stack.id}, {"ClientRequestToken", token}};
  if (!role_arn.empty()) parameters.emplace_back("RoleARN", role_arn);
  if (operations.dialog().isInterrupted()) throw Interrupted();
  operations.stacks().call("ContinueUpdateRollback", parameters);
  const StackOutcome outcome = operations.watch(events, "The rollback");
  if (situationOf(outcome.stack.status) != Situation::kReady) {
    throw std::runtime_error("The rollback of " + stack.name +
                             " has failed again: " + causeOf(outcome, operations.account().region));
  }
}

void removeFailed(StackOperations& operations, const Stack& stack, const std::string& role_arn) {
  operations.dialog().say("The creation of " + stack.name + " failed (" + stack.status +
                          "), so the stack never was complete: it is removed and made anew.");
  const StackOutcome outcome = operations.deleteStack(stack, role_arn);
  if (situationOf(outcome.stack.status) == Situation::kAbsent) return;
  throw std::runtime_error("The stack " + stack.name +
                           " cannot be removed: " + causeOf(outcome, operations.account().region));
}

std::runtime_error wouldChange(const std::string& name, const std::string& status, const std::string& what) {
  return std::runtime_error("A dry run changes nothing: a deployment would first " + what + " (" + name + " is in " +
                            status + ").");
}

}  // namespace

std::optional<Stack> prepareStack(StackOperations& operations, const StackChoice& choice,
                                  const std::function<bool(const std::string& question)>& agree) {
  const std::string& name = choice.name;
  for (int step = 0; step < kMostSteps; ++step) {
    auto stack = findStack(operations.stacks(), name);
    if (!stack) return std::nullopt;
    switch (situationOf(stack->status)) {
      case Situation::kAbsent:
        return std::nullopt;
      case Situation::kReady:
        return stack;
      case Situation::kInProgress:
        if (!agree("Somebody else deploys or removes " + name + " just now (" + stack->status +
                   "). Wait for the end?")) {
          throw std::runtime_error("Another deployment of " + name + " is in progress (" + stack->status +
                                   "). Deploy when it has ended.");
        }
        operations.dialog().say("Waiting for the other deployment of " + name);
        operations.waitForOthers(*stack);
        break;
      case Situation::kNeverComplete:
        if (choice.dry_run) throw wouldChange(name, stack->status, "remove the stack and make it anew");
        removeFailed(operations, *stack, choice.role_arn);
        break;
      case Situation::kStuck:
        if (choice.dry_run) throw wouldChange(name, stack->status, "try the rollback again");
        if (!agree("The last rollback of " + name + " failed (" + stack->status_reason + "). Try it again?")) {
          throw std::runtime_error("The stack " + name +
                                   " is in UPDATE_ROLLBACK_FAILED: only `aws cloudformation continue-update-rollback "
                                   "--stack-name " +
                                   name + "`, or this command, which asks for it, gets it out of there.");
        }
        continueRollback(operations, *stack, choice.role_arn);
        break;
      case Situation::kHalfDeleted:
        throw std::runtime_error("The last removal of " + name + " failed (" + stack->status_reason +
                                 "). Finish it with `dynamodb-log remove`, then deploy.");
    }
  }
  throw std::runtime_error("The stack " + name + " changes its state all the time: somebody else deploys it, too.");
}

}  // namespace ddblog::deploy
