// How long an unused lease or upload (/_local/snapshots, /_local/restores) is kept.
#pragma once

#include <chrono>

namespace ddblog::snapshots {

inline constexpr std::chrono::minutes kIdleTimeout{2};
inline constexpr std::chrono::seconds kIdleCheckInterval{30};  // how often it is checked

}  // namespace ddblog::snapshots
