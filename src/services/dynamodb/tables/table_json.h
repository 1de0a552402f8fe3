// A table as DynamoDB describes it: TableDescription, and what belongs to it.
//
// Tables and indexes are ACTIVE from the moment they are made; figures (ItemCount, TableSizeBytes) are true, not six
// hours old. Times are seconds since the epoch with milliseconds.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
#pragma once

#include <string_view>

#include "base/json_writer.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

void writeTableDescription(JsonWriter& json, const Reader& reader, const Table& table);
// What DeleteTable answers: no keys, no indexes, no creation time; status DELETING.
void writeDeletedTable(JsonWriter& json, const Table& table);

// "KeySchema" as an array of AttributeName and KeyType, HASH first (also in DescribeStream).
void writeKeySchema(JsonWriter& json, const KeySchema& key);

}  // namespace ddblog::dynamodb
