// The limits of HTTP calls, each with its source; those of base/limits.h (kClient…) belong to them.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/limits.h"

namespace ddblog::limits {

inline constexpr std::size_t kClientSlowestBytesPerSecond = 64u << 10;  // ours: what a body adds to the timeout
inline constexpr std::size_t kClientHeaderBytes = 64u << 10;            // ours; AWS sends less than 2 KB
inline constexpr std::chrono::seconds kClientIdleTime{60};              // ours: how long idle connections are kept

}  // namespace ddblog::limits
