// A batch of a source's records as a function receives it, and how the function reports failures.
//
//   {"Records": [{"eventID": …, "dynamodb": {…}, "eventSourceARN": …}, …]}
//
// Response with ReportBatchItemFailures: {"batchItemFailures": [{"itemIdentifier": "<position>"},
// …]}. A stream's batch is retried from the lowest reported position; a queue's reported messages are
// received again. null, {}, an empty string and an empty list mean success; an identifier that is empty,
// null or not in the batch means that the whole batch failed.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
//
// Thread safety: stateless functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/event_source.h"

namespace ddblog::lambda {

using Record = rpc::EventSource::Record;

// The size of a record in the payload.
std::size_t payloadBytes(const Record& record, std::string_view source_arn);
std::string batchPayload(std::span<const Record> records, std::string_view source_arn);

// The indexes of the failed records in a function's response, in ascending order.
std::vector<std::size_t> failedRecords(std::span<const Record> records, std::string_view answer);
// The index of the first failed record in a function's response; std::nullopt: none failed.
std::optional<std::size_t> firstFailure(std::span<const Record> records, std::string_view answer);

// Describes a discarded batch for its on-failure destination. "condition": "RetryAttemptsExhausted"
// or "RecordAgeExceeded".
struct DiscardedBatch {
  std::string request_id;
  std::string function_arn;
  std::string condition;
  int attempts = 0;
  bool function_error = true;  // false: the function reported item failures
  std::string shard_id;
  std::string source_arn;
  std::string_view info_member;  // EventSource::batchInfoMember
  Timestamp at;
};
std::string toJson(const DiscardedBatch& batch, std::span<const Record> records);

}  // namespace ddblog::lambda
