// The limits of DynamoDB that are not those of items (item/limits.h) or expressions
// (expression/limits.h).
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Limits.html and, for
// PartiQL,
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html ("ours": no
// limit of AWS, but one that we chose).
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
inline constexpr std::size_t kIndexKeyAttributes = 4;  // of a global index's hash key, and of its range key
inline constexpr std::size_t kTables = 10'000;         // an account's largest quota
inline constexpr std::size_t kTagsPerResource = 50;
inline constexpr std::size_t kPolicyBytes = 20u << 10;              // a resource policy
inline constexpr std::size_t kProjectedAttributes = 100;            // of all indexes of a table together
inline constexpr std::chrono::hours kTimeToLivePast{5 * 365 * 24};  // TTL: items due longer ago never expire
inline constexpr std::chrono::seconds kTimeToLiveLook{1};           // ours: how often newly due items are looked for
inline constexpr std::size_t kErasedPerCommand = 2000;              // ours: keys of deleted tables, a command
inline constexpr std::chrono::seconds kDeletedTablesLook{10};       // ours: how often deleted tables are looked for
inline constexpr int kCommandsPerSweep = 20;                        // ours: then a sweep lets itself be stopped
inline constexpr int kSweptPerCommand = 500;  // ours: expired items or records, a command of the sweeps
inline constexpr std::size_t kBatchStatements = 25;
inline constexpr std::size_t kNextTokenLength = 32'768;
inline constexpr std::size_t kDecomposedReads = 50;         // key ranges that one WHERE clause comes to
inline constexpr std::int64_t kDecomposedPage = 10;         // items of a page that reads several of them
inline constexpr std::chrono::hours kShardAge{4};           // AWS opens a new shard about that often
inline constexpr std::uint64_t kShardRecords = 10'000'000;  // ours
inline constexpr std::uint64_t kShardBytes = 4ull << 30;    // ours

}  // namespace ddblog::limits
