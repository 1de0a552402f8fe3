// The limits of Lambda.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ("ours": not a
// limit of AWS, but one that we chose).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ddblog::limits {

inline constexpr std::size_t kInvokeBytes = 6u << 20;       // synchronous: request and response, each
inline constexpr std::size_t kStreamedBytes = 200u << 20;   // a response that is streamed
inline constexpr std::size_t kStreamedAhead = 128u << 10;   // ours: what of it waits for its client
inline constexpr std::size_t kInvokeEventBytes = 1u << 20;  // asynchronous
inline constexpr std::chrono::seconds kFunctionTimeout{900};
inline constexpr std::chrono::seconds kAsyncAge{6 * 60 * 60};
inline constexpr int kAsyncRetries = 2;
inline constexpr std::size_t kEnvironmentBytes = 4096;
inline constexpr std::size_t kFunctionLayers = 5;
inline constexpr std::size_t kFunctionTags = 50;
inline constexpr std::size_t kFunctionPolicyBytes = 20'480;
inline constexpr int kAccountConcurrency = 1000;
inline constexpr int kUnreservedConcurrency = 100;  // what must be left of it
inline constexpr std::size_t kMappingBatch = 10'000;
inline constexpr std::size_t kMappingBatchBytes = 6u << 20;
inline constexpr std::size_t kQueueReceive = 10;                     // messages that a queue gives at once
inline constexpr std::size_t kQueueRecordBytes = (1u << 20) + 4096;  // of one message in a batch, with its attributes
inline constexpr int kQueueBatches = 5;                              // of a queue's mapping that run at once
inline constexpr std::size_t kBacklogRecords = 10'000;               // ours: read to count a mapping's backlog
inline constexpr std::size_t kBacklogBytes = 16u << 20;              // ours: the same, in bytes of JSON
inline constexpr std::size_t kBacklogPage = 500;                     // ours: the same, at a time
inline constexpr std::uint64_t kBacklogInvocations = 10'000;         // ours: counted for the backlog

}  // namespace ddblog::limits
