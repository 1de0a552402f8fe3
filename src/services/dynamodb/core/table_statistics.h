// How many items a table has and how many bytes they are (DescribeTable's ItemCount and
// TableSizeBytes), kept in the same transaction as each item's write. AWS counts every six hours;
// here the figures are always true.
//
//   key                                 value
//   kTableExtras number(table id) 'S'   items, bytes: two numbers of 8 bytes, big-endian
//
// The figures of an index are kept the same way under kTableExtras number(table id) 'I'
// number(index id).
#pragma once

#include <cstdint>
#include <string_view>

#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

struct TableStatistics {
  std::int64_t items = 0;
  std::int64_t bytes = 0;  // by DynamoDB's arithmetic
};

// To be called for every write of an item, with its stored bytes before and after; empty: there
// was, or is, none.
void countItemChange(Transaction& transaction, const Table& table, std::string_view old_image,
                     std::string_view new_image);
// The same for what an index holds of an item: by how much the index's number of entries and their
// bytes change.
void countIndexChange(Transaction& transaction, const Table& table, const Index& index, TableStatistics change);

// When the index is removed.
void eraseStatistics(Transaction& transaction, const Table& table, const Index& index);

TableStatistics statisticsOf(const Reader& reader, const Table& table);
TableStatistics statisticsOf(const Reader& reader, const Table& table, const Index& index);

}  // namespace ddblog::dynamodb
