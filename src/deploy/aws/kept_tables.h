// Tables of a stack, and those that outlive it because their DeletionPolicy keeps them.
//
// Thread safety: as aws::Client's.
#pragma once

#include <optional>
#include <string>

#include "aws/client.h"
#include "aws/query_client.h"
#include "deploy/aws/user_dialog.h"
#include "deploy/aws/waiting.h"

namespace ddblog::deploy {

// std::nullopt: there is no such table.
std::optional<KeptTable> describeTable(const aws::Client& dynamodb, const std::string& name);

// Whether the table was made by a stack of this name that is gone: no stack has it, and its tags name that one.
// Throws std::runtime_error if another stack has it.
bool isLeftBy(const aws::Client& dynamodb, const aws::QueryClient& stacks, const KeptTable& table,
              const std::string& stack);

// Deletes a table and waits until it is gone, so that its name can be used again. One that is not there
// is fine.
void deleteTable(const aws::Client& dynamodb, const std::string& name, const Waiting& waiting);

}  // namespace ddblog::deploy
