// The limits of the archive.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html ("ours": not a
// limit of AWS, but one that we chose).
#pragma once

#include <chrono>
#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kArchiveBatch = 500;                   // ours; events per transaction of the archive file
inline constexpr std::size_t kArchiveRecordBytes = 16u << 10;       // ours; a record of the queue takes no more events
inline constexpr std::size_t kArchiveBatchBytes = 8u << 20;         // ours
inline constexpr std::size_t kArchiveCheckedAtOpening = 16u << 20;  // ours; bytes, which take some 20 ms
inline constexpr std::size_t kReplayPage = 500;                     // ours; events read from the archive at a time
inline constexpr std::size_t kReplayedAtATime = 100;                // ours; events of the API's replays per command
inline constexpr std::size_t kReplayPending = 2'000;     // ours; a replay waits while so many deliveries wait
inline constexpr std::size_t kReplayLooksAgain = 250;    // ours; it looks again when so many of them are handled
inline constexpr std::size_t kForgottenAtATime = 1'000;  // ours; events per sweep of what archives no longer keep
inline constexpr std::size_t kActiveReplays = 10;
inline constexpr std::size_t kReplayFilters = 100;  // ours; rules, logs and types of a replay of `dynamodb-log replay`
inline constexpr std::size_t kArchives = 100;       // ours; AWS does not publish its limit
inline constexpr std::chrono::days kReplayKept{90};

}  // namespace ddblog::limits
