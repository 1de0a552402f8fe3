// A table's continuous backups: the settings of UpdateContinuousBackups, and how both operations on
// them describe them. We store the settings and return them, but back nothing up.
//
// Errors: ApiError. Thread safety: pure functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// The table, by name or ARN. Throws TableNotFoundException "Table not found: NAME".
std::shared_ptr<const Table> backedUpTable(const Reader& reader, const Context& context, std::string_view name_or_arn);

// The response of both operations: {"ContinuousBackupsDescription": {…}}.
std::string describeBackups(const Reader& reader, const Context& context, const Table& table);

}  // namespace ddblog::dynamodb
