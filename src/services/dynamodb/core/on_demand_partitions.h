// The partitions of a table that is billed on demand. AWS gives such a table, and each of its global
// indexes, four to begin with, each with a quarter of the partition hashes. A page of Scan rounds up
// what it reads of each, so that of an empty table it costs as much as four reads that find nothing.
// Ours stay four: nothing splits them.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
// (a new table takes 4,000 writes and 12,000 reads a second: those of four partitions)
//
// Thread safety: stateless functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

inline constexpr std::size_t kOnDemandPartitions = 4;

// The partitions that hold the keys of a range: `first` to `last`, both included.
struct PartitionSpan {
  std::size_t first = 0;
  std::size_t last = 0;
};

PartitionSpan onDemandPartitionsOf(const Index* index, const StoredRange& range);

// The partition that holds a stored key (item_keys.h) of the table (index nullptr) or of the index.
std::size_t onDemandPartitionOf(const Index* index, std::string_view stored_key);

}  // namespace ddblog::dynamodb
