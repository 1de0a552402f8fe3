// Times in stored values: milliseconds since the epoch (of a RunningTime: since its origin), 8 bytes.
//
// Errors: as bytes.h. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

namespace ddblog {

template <class Time>
void appendTime(std::string& out, Time time) {
  appendNumber<std::int64_t>(out, time.time_since_epoch().count());
}

// takeTime<Timestamp>(stored), takeTime<RunningTime>(stored)
template <class Time>
Time takeTime(std::string_view& in) {
  return Time(Duration(takeNumber<std::int64_t>(in)));
}

}  // namespace ddblog
