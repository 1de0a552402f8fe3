// Tumbling windows: a function aggregates the records of a period, in several batches, in a state that
// it returns and gets back.
//
//   {"Records": […], "window": {"start": "2026-11-22T09:00:00Z", "end": "2026-11-22T09:01:00Z"}, "state": {…},
//    "shardId": …, "eventSourceARN": …, "isFinalInvokeForWindow": false, "isWindowTerminatedEarly": false}
//
// The response must have a "state", or the invocation counts as failed. When the window is over, there
// is one more invocation, without records, to process the final state; then the next window begins
// with an empty one. A state over 1 MB ends its window early: the rest of the period begins with an
// empty one.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
//
// Stored as part of a checkpoint: <start> space <ends at, in ms> space <state>. Windows begin at whole
// multiples of their length since the epoch, and a record belongs to the one in which it was created.
// Thread safety: values and pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "services/lambda/mappings/batch.h"

namespace ddblog::lambda {

struct TumblingWindow {
  static constexpr std::size_t kLargestState = 1u << 20;  // Lambda's

  std::int64_t start = 0;  // seconds since the epoch
  RunningTime ends_at;     // its age counts from here
  std::string state = "{}";

  Timestamp end(std::chrono::seconds length) const { return Timestamp(std::chrono::seconds(start) + length); }
};

std::string encodeWindow(const TumblingWindow& window);
// std::nullopt: the text is empty: no window is open.
std::optional<TumblingWindow> decodeWindow(std::string_view stored);

// The start of the window that a record belongs to.
std::int64_t windowStart(const Record& record, std::chrono::seconds length);

enum class WindowCall { kRecords, kFinal, kTerminatedEarly };
std::string windowPayload(const TumblingWindow& window, std::chrono::seconds length, std::span<const Record> records,
                          std::string_view source_arn, std::string_view shard_id, WindowCall call);

// The state in a function's response; std::nullopt: there is none.
std::optional<std::string> stateIn(std::string_view response);

}  // namespace ddblog::lambda
