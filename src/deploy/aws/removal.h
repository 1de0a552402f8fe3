// A removal: the stack of a stage goes, with what was uploaded for it and with the log groups that its
// functions left. Tables that their DeletionPolicy keeps stay, unless their data is to go, too.
//
// Errors and thread safety: as deployment.h.
#pragma once

#include <string>

#include "aws/client.h"
#include "base/ids.h"
#include "deploy/aws/view.h"

namespace ddblog::deploy {

struct RemoveOptions {
  std::string stage;
  std::string stack_name;
  std::string bucket;    // empty: the default (artifact_bucket.h)
  std::string role_arn;  // of CloudFormation; empty: the caller's rights
  bool delete_data = false;
  bool yes = false;
};

enum class RemoveOutcome { kRemoved, kNothing, kDeclined };

RemoveOutcome remove(aws::Session& session, Ids& ids, const RemoveOptions& options, View& view);

}  // namespace ddblog::deploy
