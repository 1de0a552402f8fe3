// SQS's limits ("ours": not a limit of AWS, but one that we chose).
// Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ddblog::sqs::limits {

inline constexpr std::size_t kQueueName = 80;               // with ".fifo"
inline constexpr std::int64_t kMessageBytes = 1'048'576;    // of a message with its attributes, and of a batch
inline constexpr std::size_t kBatch = 10;                   // entries, and messages of one receive
inline constexpr std::size_t kBatchId = 80;                 // letters of an entry's id
inline constexpr std::size_t kMessageAttributes = 10;       // of a message
inline constexpr std::size_t kAttributeName = 256;          // letters of a message attribute's name and type
inline constexpr std::size_t kFifoId = 128;                 // letters of MessageGroupId and MessageDeduplicationId
inline constexpr std::uint64_t kInFlight = 120'000;         // messages of a queue
inline constexpr std::int64_t kDelaySeconds = 900;          // 15 minutes
inline constexpr std::int64_t kVisibilitySeconds = 43'200;  // 12 hours
inline constexpr std::int64_t kWaitSeconds = 20;            // of a long poll
inline constexpr std::size_t kListedQueues = 1000;          // in a page
inline constexpr std::size_t kTags = 50;                    // of a queue
inline constexpr std::size_t kListedTasks = 10;             // message move tasks in an answer
inline constexpr std::int64_t kMovesPerSecond = 500;        // MaxNumberOfMessagesPerSecond
inline constexpr std::size_t kTagKey = 128;                 // bytes (AWS: letters)
inline constexpr std::size_t kTagValue = 256;               // bytes (AWS: letters)
inline constexpr std::size_t kPolicyBytes = 8192;         // of a queue's policy; ours: of other texts in attributes too
inline constexpr std::size_t kTraceHeader = 1024;         // ours: bytes of AWSTraceHeader
inline constexpr std::size_t kPolicyStatements = 20;      // of a queue's policy
inline constexpr std::chrono::minutes kDeduplication{5};  // how long a deduplication id holds, or an attempt id
inline constexpr std::chrono::seconds kNameReuse{60};     // after a queue was deleted
inline constexpr std::chrono::seconds kBetweenPurges{60};  // of one queue
inline constexpr std::size_t kMostQueues = 10'000;         // ours: AWS has no limit
inline constexpr std::size_t kMovedAtOnce = 1000;          // ours: messages that become visible, in one command
inline constexpr std::size_t kSkippedAtOnce = 100;         // ours: expired or redriven messages, in one receive
inline constexpr std::size_t kSkippedInVain = 1000;        // ours: the same, if there is nothing else so far
inline constexpr std::size_t kSweptAtOnce = 1000;          // ours: entries that a sweep removes, in one command
inline constexpr std::size_t kKeptTasks = 100;             // ours: message move tasks of a queue that ended

}  // namespace ddblog::sqs::limits
