// The archive in AWS that events are replayed from.
// Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeArchive.html
//
// Errors: those of aws::Client. Thread safety: a value type; functions without state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/client.h"
#include "base/clock.h"
#include "base/json.h"

namespace ddblog::replays {

struct SourceArchive {
  std::string name, arn;
  std::string bus, bus_arn;  // whose events it keeps; they can be replayed to this bus only
  std::string state;         // "ENABLED"
  Timestamp created = {};
  std::uint64_t events = 0, bytes = 0;  // in AWS as they were up to a day ago
};

// The archive `name`; empty: the only one of the bus `bus`. Throws std::invalid_argument if it is not there, with
// those that are.
SourceArchive findArchive(const aws::Client& events, const std::string& name, const std::string& bus);

// A time in an answer: seconds since the epoch.
Timestamp timeIn(const json::object& answer, std::string_view name);

}  // namespace ddblog::replays
