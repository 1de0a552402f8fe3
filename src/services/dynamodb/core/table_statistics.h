// The number of a table's items and their total size (DescribeTable's ItemCount and
// TableSizeBytes), updated in the transaction of each item's write. AWS updates them every six
// hours; here they are always exact.
//
//   key                                 value
//   kTableExtras number(table id) 'S'   items, bytes: two numbers of 8 bytes, big-endian
//
// The statistics of an index are stored in the same way under kTableExtras number(table id) 'I'
// number(index id).
#pragma once

#include <cstdint>
#include <string_view>

#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

struct TableStatistics {
  std::int64_t items = 0;
  std::int64_t bytes = 0;  // as DynamoDB calculates sizes
};

// Call it for every write of an item, with the stored bytes before and after; empty: the item did
// not or does not exist.
void countItemChange(Transaction& transaction, const Table& table, std::string_view old_image,
                     std::string_view new_image);
// The same for an index: by how much its number of entries and their size change.
void countIndexChange(Transaction& transaction, const Table& table, const Index& index, TableStatistics change);

// Call it when the index is removed.
void eraseStatistics(Transaction& transaction, const Table& table, const Index& index);

TableStatistics statisticsOf(const Reader& reader, const Table& table);
TableStatistics statisticsOf(const Reader& reader, const Table& table, const Index& index);

}  // namespace ddblog::dynamodb
