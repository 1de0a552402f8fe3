// How long a reader of an event source mapping waits after failures in a row: 100 ms, doubled up to 10 s.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace ddblog::lambda {

inline Duration backOff(int failures) {
  return std::min(Duration(10'000), Duration(100) * (1 << std::clamp(failures - 1, 0, 10)));
}

}  // namespace ddblog::lambda
