// Brings a stack into a state in which a change set can be made for it, or says why that cannot be.
//
//   absent, or a change set was never executed     a CREATE
//   complete                                       an UPDATE
//   somebody changes it                            waits for the end (asks)
//   its creation was rolled back                   deletes it, then a CREATE
//   a failure left it as it was (--no-rollback)    an UPDATE
//   UPDATE_ROLLBACK_FAILED                         continues the rollback (asks), then an UPDATE
//   DELETE_FAILED                                  an error: the removal has to be finished first
//
// Thread safety: a function without state.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "deploy/aws/stack_operations.h"

namespace ddblog::deploy {

struct StackChoice {
  std::string name;
  std::string role_arn;  // of CloudFormation; empty: the caller's rights
  bool dry_run = false;  // nothing may be changed: says what would be
};

// `agree`: asks; false: no. Returns the stack to update; std::nullopt: there is none. Throws
// std::runtime_error, Interrupted.
std::optional<Stack> prepareStack(StackOperations& operations, const StackChoice& choice,
                                  const std::function<bool(const std::string& question)>& agree);

}  // namespace ddblog::deploy
