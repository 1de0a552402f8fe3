// A stack of CloudFormation: what it is, and what can be done with it.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
//
// Thread safety: a value type; functions without state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/query_client.h"

namespace ddblog::deploy {

struct Stack {
  std::string id = {};  // its ARN
  std::string name = {};
  std::string status = {};  // "UPDATE_COMPLETE"
  std::string status_reason = {};
  bool is_protected = false;                           // EnableTerminationProtection
  std::map<std::string, std::string> parameters = {};  // NoEcho: "****"
  std::map<std::string, std::string> outputs = {};
};

// What a status means to somebody who wants to change the stack.
enum class Situation {
  kAbsent,         // DELETE_COMPLETE, or REVIEW_IN_PROGRESS: a change set was never executed
  kReady,          // complete, rolled back to what was complete, or left as a failure left it
  kInProgress,     // somebody changes it
  kNeverComplete,  // its creation was rolled back: it can only be deleted
  kStuck,          // UPDATE_ROLLBACK_FAILED: it can only continue its rollback
  kHalfDeleted     // DELETE_FAILED
};

Situation situationOf(std::string_view status);

// Whether a failure left the stack as it was then (--no-rollback). From there CloudFormation changes it only
// without a rollback.
bool isLeftAsItFailed(std::string_view status);

// Whether the status is one of an operation that goes on.
bool isInProgress(std::string_view status);

// `name`: or the ARN; only that finds a deleted stack. std::nullopt: there is none.
std::optional<Stack> findStack(const aws::QueryClient& api, const std::string& name);

// The console's page of the stack's events; empty: we know no console for its region.
std::string consoleUrl(const Stack& stack, std::string_view region);

}  // namespace ddblog::deploy
