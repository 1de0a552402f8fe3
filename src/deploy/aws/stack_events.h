// What happens to a stack's resources during an operation (a deployment, a deletion).
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
//
// Thread safety: none.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aws/query_client.h"
#include "deploy/aws/stack.h"
#include "deploy/aws/waiting.h"

namespace ddblog::deploy {

struct StackEvent {
  std::string id;
  std::string logical_id;
  std::string physical_id;
  std::string type;             // "AWS::DynamoDB::Table"
  std::string status;           // "CREATE_COMPLETE"
  std::string reason;           // empty: none
  std::string token;            // of the operation's request; empty: none
  std::string time;             // ISO 8601
  std::string properties = {};  // the resource's, in JSON; empty: AWS does not tell

  bool isFailure() const { return status.ends_with("_FAILED"); }
};

// The events of one operation, which is the only one on the stack from now on until it ends. Others may
// follow or have been before it: theirs carry another token.
class StackEvents {
 public:
  // Construct it before the operation begins. `token`: the operation's.
  StackEvents(const aws::QueryClient& api, std::string stack_id, std::string token);

  // Those since the last call, the oldest first.
  std::vector<StackEvent> next();

  const std::string& stackId() const { return stack_id_; }

 private:
  std::vector<StackEvent> since(const std::string& last) const;  // the newest first, of any operation

  const aws::QueryClient& api_;
  const std::string stack_id_;
  const std::string token_;
  std::string last_;  // the newest event that was seen
};

struct StackOutcome {
  Stack stack;                           // at the end
  std::optional<StackEvent> root_cause;  // the first failure that is no consequence of another
  std::vector<StackEvent> failures;
};

// Looks at the events every few seconds until the operation has ended. A look that is throttled, or that
// does not get through, is made later; `on_trouble` is called once with a line for the user when ten in a row
// have failed. Throws Interrupted, and the look's error after half an hour of them; the operation goes on in
// AWS.
StackOutcome follow(const aws::QueryClient& api, StackEvents& events, const Waiting& waiting,
                    const std::function<void(const StackEvent&)>& on_event,
                    const std::function<void(const std::string&)>& on_trouble);

}  // namespace ddblog::deploy
