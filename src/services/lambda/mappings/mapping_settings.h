// The settings of an event source mapping: a CreateEventSourceMapping request, read and validated.
//
//   {"FunctionName": "trigger", "EventSourceArn": "arn:aws:dynamodb:…:table/logs/stream/latest",
//    "StartingPosition": "TRIM_HORIZON", "BatchSize": 100, "FunctionResponseTypes": ["ReportBatchItemFailures"]}
//
// Settings that we do not implement are rejected, never ignored.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace ddblog::lambda {

enum class SourceKind { kStream, kQueue };
enum class StartingPosition { kTrimHorizon, kLatest };

struct MappingSettings {
  std::string function_name;
  std::string event_source_arn;  // as given
  SourceKind source_kind = SourceKind::kStream;
  bool enabled = true;
  StartingPosition starting_position = StartingPosition::kTrimHorizon;
  std::size_t batch_size = 100;                            // 1 to 10,000; a FIFO queue's: to 10
  std::chrono::seconds window{0};                          // MaximumBatchingWindowInSeconds, 0 to 300
  std::chrono::seconds tumbling{0};                        // TumblingWindowInSeconds, 0 to 900; 0: no windows
  int lanes = 1;                                           // ParallelizationFactor, 1 to 10
  std::optional<int> maximum_retry_attempts;               // absent: retry until it succeeds or the record expires
  std::optional<std::chrono::seconds> maximum_record_age;  // absent: until the record expires
  bool bisect = false;                                     // BisectBatchOnFunctionError
  bool reports_item_failures = false;                      // FunctionResponseTypes
  std::string on_failure;                                  // ARN; empty: none
  std::optional<int> maximum_concurrency;                  // ScalingConfig, of a queue: 2 to 1,000
  std::vector<std::string> filters;                        // patterns; empty: all records pass
};

// Throws ApiError (ValidationException, InvalidParameterValueException) with a message that says
// what is wrong.
MappingSettings readMappingSettings(const json::object& create_event_source_mapping);

}  // namespace ddblog::lambda
