// A batch of a stream's records as a function gets it, and what the function says of it.
//
//   {"Records": [{"eventID": …, "dynamodb": {…}, "eventSourceARN": …}, …]}
//
// Answer with ReportBatchItemFailures: {"batchItemFailures": [{"itemIdentifier": "<sequence number>"}, …]}. The lowest
// one is where the batch is taken up again. null, {}, an empty string, an empty list: all is well; an identifier that
// is empty, null or of no record of the batch: all of it failed. Source:
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
//
// Thread safety: free functions without state.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "services/streams/stream_reader.h"

namespace ddblog::lambda {

// The bytes a record takes in the payload.
std::size_t payloadBytes(const streams::Record& record, std::string_view stream_arn);
std::string batchPayload(std::span<const streams::Record> records, std::string_view stream_arn);

// The place of the first record that failed, by a function's answer; nullopt: none.
std::optional<std::size_t> firstFailure(std::span<const streams::Record> records, std::string_view answer);

// The record of a batch that was given up, for its on-failure destination ("condition": "RetryAttemptsExhausted",
// "RecordAgeExceeded"; DDBStreamBatchInfo).
struct DiscardedBatch {
  std::string request_id;
  std::string function_arn;
  std::string condition;
  int attempts = 0;
  bool function_error = true;  // false: it reported failures itself
  std::string shard_id;
  std::string stream_arn;
  Timestamp at;
};
std::string toJson(const DiscardedBatch& batch, std::span<const streams::Record> records);

}  // namespace ddblog::lambda
