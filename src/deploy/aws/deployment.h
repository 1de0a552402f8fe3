// A deployment: an application becomes a stack of CloudFormation, or changes the one that it is.
//
//   brings the stack into a state in which it can be changed (preparation.h)
//   packages the application, with the values of the stack's parameters, and uploads what has changed
//   makes a change set and shows it; a change that can lose a table's items is asked for apart
//   executes it and shows what happens, to the end
//
// Every request that changes something has a token, so that CloudFormation takes a repeated one for the
// same. Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
//
// Errors: std::runtime_error with the root cause, and what aws::Client throws; std::invalid_argument for
// what the command line would have to say differently.
// Thread safety: none.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "deploy/aws/application_package.h"
#include "deploy/aws/stack_operations.h"
#include "deploy/aws/user_dialog.h"

namespace ddblog::deploy {

struct DeployOptions {
  std::string stage;
  std::string stack_name;
  std::string template_file;
  std::map<std::string, std::string> parameters;
  std::vector<std::pair<std::string, std::string>> tags;
  std::string bucket;                 // empty: the default (artifact_bucket.h)
  std::string role_arn;               // of CloudFormation; empty: the caller's rights
  std::set<std::string> replaceable;  // logical ids of tables, archives and nested stacks that may lose theirs
  bool dry_run = false;
  bool yes = false;
  bool rollback = true;
};

enum class DeployOutcome { kDeployed, kNoChanges, kDeclined, kDryRun };

DeployOutcome deploy(aws::Session& session, Ids& ids, const Packager& package, const DeployOptions& options,
                     UserDialog& dialog);

}  // namespace ddblog::deploy
