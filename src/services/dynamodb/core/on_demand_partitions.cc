#include "services/dynamodb/core/on_demand_partitions.h"

#include <algorithm>
#include <cstdint>

namespace ddblog::dynamodb {
namespace {

constexpr int kShift = 62;  // the partition is in the two highest bits of the hash

// Where the hash begins: after the key space, the table and the index (item_keys.h).
constexpr std::size_t kItemHashOffset = 1 + 8;
constexpr std::size_t kIndexHashOffset = 1 + 8 + 8;

// The hash of a stored key, or of one of a range's bounds, which may end before its hash does.
std::uint64_t hashOf(const Index* index, std::string_view key) {
  const std::size_t begin = index == nullptr ? kItemHashOffset : kIndexHashOffset;
  std::uint64_t hash = 0;
  for (std::size_t i = begin; i < begin + sizeof hash; ++i) {
    hash = hash << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  }
  return hash;
}

}  // namespace

std::size_t onDemandPartitionOf(const Index* index, std::string_view stored_key) {
  return hashOf(index, stored_key) >> kShift;
}

PartitionSpan onDemandPartitionsOf(const Index* index, const StoredRange& range) {
  const std::size_t first = onDemandPartitionOf(index, range.begin);
  // The end is not in the range. That of a whole table has no hash: 0, and the hash before it is the greatest.
  return {first, std::max<std::size_t>(first, (hashOf(index, range.end) - 1) >> kShift)};
}

}  // namespace ddblog::dynamodb
