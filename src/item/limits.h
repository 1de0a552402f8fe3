// The limits of DynamoDB's items and keys.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Limits.html ("ours": not
// a limit of AWS, but one that we chose).
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kItemBytes = 400u << 10;
inline constexpr int kItemDepth = 32;
inline constexpr std::size_t kAttributeNameBytes = 65'535;
inline constexpr std::size_t kPartitionKeyBytes = 2048;
inline constexpr std::size_t kSortKeyBytes = 1024;

}  // namespace ddblog::limits
