// A table's continuous backups, as UpdateContinuousBackups sets them and both operations on them describe them.
// We store the settings and return them; we back nothing up.
//
// Thread safety: functions of their arguments.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// The table to back up. Throws TableNotFoundException "Table not found: NAME".
std::shared_ptr<const Table> backedUpTable(const Reader& reader, const Context& context, std::string_view name_or_arn);

// The answer of both operations: {"ContinuousBackupsDescription": {…}}.
std::string describeBackups(const Reader& reader, const Context& context, const Table& table);

}  // namespace ddblog::dynamodb
