// The stored form of a table's description.
//
//   byte 0     format version, 1
//   bytes 1…   a JSON object, names as the members of Table: {"id": 1, "name": "t", "key": {"hash": [{"name": "pk",
//              "type": "S"}], "range": []}, "indexes": […], "createdAt": <milliseconds since the epoch>, …}
//
// JSON, because descriptions are few, are read through the catalog's cache and gain members: a
// member that an older program did not write has its default. Rejected: a binary format, which
// would save nothing noticeable.
#pragma once

#include <string>
#include <string_view>

#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

std::string encodeTable(const Table& table);
Table decodeTable(std::string_view stored);  // throws std::runtime_error on bytes that encodeTable did not write

}  // namespace ddblog::dynamodb
