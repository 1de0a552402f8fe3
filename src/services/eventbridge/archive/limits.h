// The limits of the archive.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html ("ours": not a
// limit of AWS, but one that we chose).
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kArchiveBatch = 500;                   // ours; events per transaction of the archive file
inline constexpr std::size_t kArchiveBatchBytes = 8u << 20;         // ours
inline constexpr std::size_t kArchiveCheckedAtOpening = 16u << 20;  // ours; bytes, which take some 20 ms
inline constexpr std::size_t kReplayPage = 500;                     // ours; events read from the archive at a time

}  // namespace ddblog::limits
