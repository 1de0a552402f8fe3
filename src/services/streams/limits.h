// The limits of DynamoDB Streams.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html ("ours": no limit of AWS, but one that we chose).
#pragma once

#include <chrono>
#include <cstddef>

namespace ddblog::limits {

inline constexpr std::chrono::minutes kRetentionSweep{10};  // ours: how often trimmed records are erased
inline constexpr std::size_t kStreamRecords = 1000;         // a GetRecords answer
inline constexpr std::size_t kStreamBytes = 1u << 20;       // a GetRecords answer
inline constexpr std::chrono::hours kStreamRetention{24};
inline constexpr std::chrono::minutes kIteratorAge{15};

}  // namespace ddblog::limits
