// DynamoDB's limits, except for those of items (item/limits.h) and expressions
// (expression/limits.h).
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Limits.html and, for
// PartiQL, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
// ("ours": not a limit of AWS, but one that we chose).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ddblog::limits {

inline constexpr std::size_t kPageBytes = 1u << 20;  // Query, Scan
inline constexpr std::size_t kBatchGetKeys = 100;
inline constexpr std::size_t kBatchGetBytes = 16u << 20;
inline constexpr std::size_t kTransactBytes = 4u << 20;
inline constexpr std::chrono::minutes kTransactTokenAge{10};
inline constexpr std::size_t kGlobalIndexes = 20;
inline constexpr std::size_t kLocalIndexes = 5;
inline constexpr std::size_t kIndexKeyAttributes = 4;  // of a global index's hash key and of its range key, each
inline constexpr std::size_t kTables = 10'000;         // the largest quota of an account
inline constexpr std::size_t kTagsPerResource = 50;
inline constexpr std::size_t kPolicyBytes = 20u << 10;              // a resource policy
inline constexpr std::size_t kProjectedAttributes = 100;            // of all indexes of a table together
inline constexpr std::chrono::hours kTimeToLivePast{5 * 365 * 24};  // TTL: items that expired longer ago stay
inline constexpr std::chrono::seconds kTimeToLiveInterval{1};       // ours: interval of the sweeps
inline constexpr std::size_t kErasedPerCommand = 2000;              // ours: keys of deleted tables per command
inline constexpr std::chrono::seconds kDeletedTablesInterval{10};   // ours: interval of the sweeps
inline constexpr int kCommandsPerSweep = 20;                        // ours: per sweep, so that it can be stopped
inline constexpr int kSweptPerCommand = 500;                        // ours: expired items or records per command
inline constexpr std::size_t kBatchStatements = 25;
inline constexpr std::size_t kNextTokenLength = 32'768;
inline constexpr std::size_t kDecomposedReads = 50;         // key ranges of one WHERE clause
inline constexpr std::int64_t kDecomposedPage = 10;         // items per page that reads several of them
inline constexpr std::chrono::hours kShardAge{4};           // about how often AWS opens a new shard
inline constexpr std::uint64_t kShardRecords = 10'000'000;  // ours
inline constexpr std::uint64_t kShardBytes = 4ull << 30;    // ours

}  // namespace ddblog::limits
