// The limits of DynamoDB Streams.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html ("ours":
// not a limit of AWS, but one that we chose).
#pragma once

#include <chrono>
#include <cstddef>

namespace ddblog::limits {

inline constexpr std::chrono::minutes kRetentionSweep{10};  // ours: interval of erasing trimmed records
inline constexpr std::size_t kStreamPage = 100;        // streams per ListStreams, shards per DescribeStream response
inline constexpr std::size_t kStreamRecords = 1000;    // per GetRecords response
inline constexpr std::size_t kStreamBytes = 1u << 20;  // per GetRecords response
inline constexpr std::chrono::hours kStreamRetention{24};
inline constexpr std::chrono::minutes kIteratorAge{15};

}  // namespace ddblog::limits
