// Tables that outlive their stack, because their DeletionPolicy keeps them.
//
// Thread safety: as aws::Client's.
#pragma once

#include <optional>
#include <string>

#include "aws/client.h"
#include "deploy/aws/view.h"
#include "deploy/aws/waiting.h"

namespace ddblog::deploy {

// std::nullopt: there is no such table.
std::optional<KeptTable> describeTable(const aws::Client& dynamodb, const std::string& name);

// Deletes a table and waits until it is gone, so that its name can be used again. One that is not there
// is fine.
void deleteTable(const aws::Client& dynamodb, const std::string& name, const Waiting& waiting);

}  // namespace ddblog::deploy
