// What deployments and removals have in common: the clients, and operations on a stack that take a while.
//
// Thread safety: none.
#pragma once

#include <stdexcept>
#include <string>

#include "aws/query_client.h"
#include "base/ids.h"
#include "deploy/aws/account.h"
#include "deploy/aws/stack.h"
#include "deploy/aws/stack_events.h"
#include "deploy/aws/user_dialog.h"
#include "deploy/aws/waiting.h"

namespace ddblog::deploy {

class StackOperations {
 public:
  StackOperations(aws::Session& session, Ids& ids, UserDialog& dialog);

  const aws::QueryClient& stacks() const { return stacks_; }
  const Account& account() const { return account_; }
  const Waiting& waiting() const { return waiting_; }
  UserDialog& dialog() { return dialog_; }
  std::string newToken() { return ids_.uuid(); }

  // Shows the operation's events until it has ended. On Ctrl-C, and when it cannot be watched any longer (the
  // credentials have expired, AWS does not answer), throws std::runtime_error that says how to go on
  // watching `what` ("The deployment").
  StackOutcome watch(StackEvents& events, const std::string& what);

  // Deletes a stack and waits for its end. `kept`: resources that stay although their deletion failed
  // before. Throws Interrupted if Ctrl-C was pressed before it begins.
  StackOutcome deleteStack(const Stack& stack, const std::string& role_arn, const std::vector<std::string>& kept = {});

  // Waits until nobody changes the stack. Throws Interrupted, and std::runtime_error after a day.
  void waitForOthers(const Stack& stack);

 private:
  Ids& ids_;
  UserDialog& dialog_;
  const aws::QueryClient stacks_;
  const Account account_;
  const Waiting waiting_;
};

// The cause of a failure for the user: "LogTable (AWS::DynamoDB::Table): reason. CONSOLE".
std::string causeOf(const StackOutcome& outcome, const std::string& region);

}  // namespace ddblog::deploy
