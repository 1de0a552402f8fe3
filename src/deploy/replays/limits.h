// The limits of replays from AWS ("ours": not a limit of AWS, but one that we chose).
#pragma once

#include <chrono>
#include <cstddef>

namespace ddblog::limits {

inline constexpr std::chrono::minutes kArchiveLate{10};        // how long an event may take into the archive
inline constexpr std::chrono::days kReplayRetention{14};       // of messages; the longest that SQS has
inline constexpr std::chrono::seconds kReplayVisibility{300};  // ours; a message that was not written here comes again
inline constexpr std::chrono::seconds kReplayPoll{2};          // ours; a long poll, and how late Ctrl-C may be noticed
inline constexpr std::chrono::minutes kReplayHeartbeat{10};    // ours; how often a replay says that it goes on
inline constexpr std::chrono::minutes kReplaySilence{60};      // ours; then a replay on another machine has ended
inline constexpr std::chrono::seconds kReplayQueueWait{10};    // ours; SQS: a new queue can be used after a second
inline constexpr std::chrono::seconds kReplayPolicyWait{60};   // SQS: attributes are set within a minute
inline constexpr std::chrono::seconds kReplayRouteWait{60};    // ours; rules take "a short period", a policy a minute
inline constexpr std::chrono::seconds kReplayBusyBus{30};      // ours; how long others may keep changing the bus
inline constexpr std::chrono::seconds kReplayQuiet{120};    // ours; SQS: counts are right a minute after the last send
inline constexpr std::chrono::seconds kReplayQuietHere{2};  // ours; the same of a cloud on this machine
inline constexpr std::chrono::seconds kReplayLastPoll{1};   // ours; a poll of such a cloud when the replay has ended
inline constexpr std::chrono::minutes kReplaySettles{10};   // ours; how long messages in flight are waited for
inline constexpr std::size_t kReplayReceivers = 16;         // ours; receives and deletions at once
inline constexpr std::size_t kReplayMessages = 10;          // SQS: messages of a call
inline constexpr std::size_t kReplayListPages = 100;        // ours; pages of a list that is read
inline constexpr std::size_t kReplayStreams = 5'000'000;    // ours; streams whose versions are kept in memory
inline constexpr std::size_t kReplayRanges = 20'000'000;    // ours; of all their versions
inline constexpr std::size_t kReplayedEventBytes = 1u << 20;  // EventBridge's entries, and messages of SQS

}  // namespace ddblog::limits
