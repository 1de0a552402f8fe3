// A change set: what a template would change in a stack, before it does.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
//
// Thread safety: value types; functions without state.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/query_client.h"
#include "deploy/aws/waiting.h"

namespace ddblog::deploy {

struct ChangedProperty {
  std::string path;    // "/Properties/BillingMode"
  std::string before;  // empty: AWS does not tell, or there was none
  std::string after;
};

struct Change {
  std::string action;  // "Add", "Modify", "Remove", "Import", "Dynamic"
  std::string logical_id;
  std::string physical_id;  // empty: not made yet
  std::string type;         // "AWS::DynamoDB::Table"
  std::string replacement;  // "True", "False", "Conditional"; empty: not of a modification
  std::string policy;       // PolicyAction: "Retain", "ReplaceAndDelete" …; empty: AWS does not tell
  std::vector<ChangedProperty> properties;
};

// Whether the change can lose a table's items or an archive's events: it removes the resource, or may
// replace it. What changes within a nested stack is not among the changes: see nested_stacks.h.
bool endangersItems(const Change& change);
// "replaces the table LogTable (dev-dynamodb-logs), whose items do not go over"
std::string dangerOf(const Change& change);

struct ChangeSetParameter {
  std::string name;
  std::optional<std::string> value;  // std::nullopt: as it was
};

struct ChangeSetRequest {
  std::string stack;
  bool is_update = false;
  std::string name;   // of the change set
  std::string token;  // a repeated request with the same token makes no second one
  std::string template_body;
  std::string template_url;  // if the body is too large; then that is empty
  std::vector<ChangeSetParameter> parameters;
  std::vector<std::string> capabilities;
  std::vector<std::pair<std::string, std::string>> tags;
  std::string role_arn;  // empty: the caller's rights
};

struct ChangeSet {
  enum class Outcome { kReady, kNoChanges, kFailed };
  std::string id;  // its ARN
  std::string stack_id;
  Outcome outcome = Outcome::kReady;
  std::string reason;           // of a failure
  std::vector<Change> changes;  // of a ready one
};

// Begins to make it; returns its ids. Existing tables that the template names and no stack owns become
// the stack's (ImportExistingResources).
ChangeSet createChangeSet(const aws::QueryClient& api, const ChangeSetRequest& request);

// Waits until it is made, and fills in the rest. Throws Interrupted.
void awaitChangeSet(const aws::QueryClient& api, ChangeSet& change_set, const Waiting& waiting);

// One that is gone already is fine. CloudFormation does not delete one that is still being made, so this waits up to two
// minutes until it is.
void deleteChangeSet(const aws::QueryClient& api, const ChangeSet& change_set, aws::Session& session);

// Whether the stack has a change set apart from this one.
bool hasOtherChangeSets(const aws::QueryClient& api, const ChangeSet& change_set);

// Whether nobody executes the change set, as far as AWS says.
bool canStillBeExecuted(const aws::QueryClient& api, const ChangeSet& change_set);

// `rollback`: what a failed deployment does; otherwise it leaves what it had done. What it had made goes
// then, whatever its DeletionPolicy; but not if it takes over existing tables.
void executeChangeSet(const aws::QueryClient& api, const ChangeSet& change_set, const std::string& token,
                      bool rollback);

}  // namespace ddblog::deploy
