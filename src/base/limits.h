// Every limit, with its source. Nothing in this project grows, loops, nests or waits without one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ddblog::limits {

// --- What the server takes (src/server/) ---
inline constexpr std::size_t kRequestBody = 16u << 20;      // DynamoDB: 16 MB a request (BatchWriteItem)
inline constexpr std::size_t kRequestHeaders = 64u << 10;   // ours; AWS's SDKs send less than 8 KB
inline constexpr std::size_t kConnections = 4096;           // ours
inline constexpr std::chrono::seconds kRequestTimeout{30};  // ours: a whole request, header and body
inline constexpr std::chrono::seconds kIdleTimeout{120};    // ours: a kept-alive connection between requests
inline constexpr int kJsonDepth = 256;                      // ours; 32 levels of an item are about 70 levels of JSON

inline constexpr std::chrono::seconds kStopTimeout{10};  // ours: in-flight requests when the server stops
inline constexpr std::size_t kGzipAnswer = 1u << 10;     // ours: answers smaller than this are not worth deflating

// --- Calls to services (src/aws/) ---
inline constexpr int kClientAttempts = 5;  // ours; the SDKs: 3, older ones with DynamoDB: 10
inline constexpr std::chrono::milliseconds kClientConnectTimeout{3100};  // the SDKs' standard mode
inline constexpr std::chrono::milliseconds kClientTimeout{60'000};       // botocore's read_timeout
inline constexpr std::size_t kClientAnswerBytes = 64u << 20;  // ours; the largest answer (BatchGetItem) is 16 MB
inline constexpr std::size_t kClientConnections = 64;         // ours: idle connections that are kept
inline constexpr std::chrono::milliseconds kClientDelay{50};  // base of the delay before another attempt
inline constexpr std::chrono::milliseconds kClientThrottleDelay{500};  // the same after throttling
inline constexpr std::chrono::milliseconds kClientDelayMost{20'000};
inline constexpr std::chrono::milliseconds kMetadataTimeout{1000};  // the AWS CLI's metadata_service_timeout
inline constexpr std::size_t kConfigFileBytes = 1u << 20;           // ours

// --- DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Limits.html ---
inline constexpr std::size_t kItemBytes = 400u << 10;
inline constexpr int kItemDepth = 32;
inline constexpr std::size_t kPartitionKeyBytes = 2048;
inline constexpr std::size_t kSortKeyBytes = 1024;
inline constexpr std::size_t kPageBytes = 1u << 20;  // Query, Scan
inline constexpr std::size_t kExpressionBytes = 4096;
inline constexpr int kExpressionOperators = 300;
inline constexpr int kInOperands = 100;
inline constexpr int kExpressionDepth = 128;            // ours: parentheses, NOT and functions inside one another
inline constexpr std::size_t kListIndex = 100'000'000;  // ours: an element's number in a document path
inline constexpr std::size_t kBatchWriteRequests = 25;
inline constexpr std::size_t kBatchGetKeys = 100;
inline constexpr std::size_t kBatchGetBytes = 16u << 20;
inline constexpr std::size_t kTransactActions = 100;
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
inline constexpr std::chrono::minutes kRetentionSweep{10};          // ours: how often trimmed records are erased
inline constexpr std::size_t kErasedPerCommand = 2000;              // ours: keys of deleted tables, a command
inline constexpr std::chrono::seconds kDeletedTablesLook{10};       // ours: how often deleted tables are looked for
inline constexpr int kCommandsPerSweep = 20;                        // ours: then a sweep lets itself be stopped
inline constexpr int kSweptPerCommand = 500;  // ours: expired items or records, a command of the sweeps

// --- PartiQL: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html and
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html ---
inline constexpr std::size_t kStatementLength = 8192;
inline constexpr std::size_t kBatchStatements = 25;
inline constexpr std::size_t kNextTokenLength = 32'768;
inline constexpr std::size_t kDecomposedReads = 50;  // key ranges that one WHERE clause comes to
inline constexpr std::int64_t kDecomposedPage = 10;  // items of a page that reads several of them

// --- DynamoDB Streams: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html ---
inline constexpr std::size_t kStreamRecords = 1000;    // a GetRecords answer
inline constexpr std::size_t kStreamBytes = 1u << 20;  // a GetRecords answer
inline constexpr std::chrono::hours kStreamRetention{24};
inline constexpr std::chrono::minutes kIteratorAge{15};
inline constexpr std::chrono::hours kShardAge{4};           // AWS opens a new shard about that often
inline constexpr std::uint64_t kShardRecords = 10'000'000;  // ours
inline constexpr std::uint64_t kShardBytes = 4ull << 30;    // ours

// --- EventBridge: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html ---
inline constexpr std::size_t kPutEventsEntries = 10;
inline constexpr std::size_t kPutEventsBytes = 1u << 20;
inline constexpr std::size_t kTargetsPerRule = 5;
inline constexpr std::size_t kRulesPerBus = 300;
inline constexpr std::size_t kPatternAlternatives = 1000;     // that the $or of one pattern come to
inline constexpr std::size_t kPatternMatchSteps = 1'000'000;  // ours; finding array elements that fit together
inline constexpr std::size_t kWildcardComplexity = 5;         // ours; AWS refuses "*:*:*:*:*:event-bus/*"
inline constexpr std::size_t kWildcardStates = 2000;          // ours; looked at to find how complex a wildcard is
inline constexpr std::size_t kArchiveBatch = 500;             // ours; events a transaction of the archive file
inline constexpr std::size_t kArchiveBatchBytes = 8u << 20;   // ours
inline constexpr std::size_t kReplayPage = 500;               // ours; events read from the archive at a time
inline constexpr std::size_t kReplayEvents = 1000;            // ours; events of one POST /_local/replay

// --- Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ---
inline constexpr std::size_t kInvokeBytes = 6u << 20;       // synchronous, request and answer
inline constexpr std::size_t kInvokeEventBytes = 1u << 20;  // asynchronous
inline constexpr std::chrono::seconds kFunctionTimeout{900};
inline constexpr std::chrono::seconds kAsyncAge{6 * 60 * 60};
inline constexpr int kAsyncRetries = 2;
inline constexpr std::size_t kMappingBatch = 10'000;
inline constexpr std::size_t kMappingBatchBytes = 6u << 20;

}  // namespace ddblog::limits
