// A table as DynamoDB describes it: TableDescription and its parts.
//
// Tables and indexes are ACTIVE as soon as they are created. ItemCount and TableSizeBytes are
// exact, not six hours old. Times are seconds since the epoch with milliseconds. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// CreateTable's response leaves out when the table was put on demand, and the warm throughput of
// table and indexes unless the request gave it.
enum class Described { kWhole, kCreated };
// The response {"<member>": TableDescription}.
std::string tableAnswer(std::string_view member, const Reader& reader, const Table& table,
                        Described described = Described::kWhole);
// The TableDescription of DeleteTable's response: no keys, no indexes, no creation time, status
// DELETING.
void writeDeletedTable(JsonWriter& json, const Table& table);

// The array KeySchema: AttributeName and KeyType, HASH first. DescribeStream uses it, too.
void writeKeySchema(JsonWriter& json, const KeySchema& key);

}  // namespace ddblog::dynamodb
