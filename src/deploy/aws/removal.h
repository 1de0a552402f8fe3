// A removal: the stack of a stage goes, with what was uploaded for it and with the log groups that its
// functions left. Tables that their DeletionPolicy keeps stay, unless their data is to go, too. Tables and
// archives that go with the stack are asked for even if nothing else is.
//
// Errors and thread safety: as deployment.h.
#pragma once

#include <functional>
#include <string>

#include "aws/client.h"
#include "base/ids.h"
#include "deploy/aws/declared_tables.h"
#include "deploy/aws/user_dialog.h"

namespace ddblog::deploy {

struct RemoveOptions {
  std::string stage;
  std::string stack_name;
  std::string bucket;                          // empty: the default (artifact_bucket.h)
  std::string role_arn;                        // of CloudFormation; empty: the caller's rights
  std::function<std::string()> template_file;  // asked for only to find tables that an earlier removal kept
  bool delete_data = false;
  bool delete_archives = false;
  bool yes = false;
};

enum class RemoveOutcome { kRemoved, kNothing, kDeclined };

RemoveOutcome remove(aws::Session& session, Ids& ids, const FindTables& find_tables, const RemoveOptions& options,
                     UserDialog& dialog);

}  // namespace ddblog::deploy
