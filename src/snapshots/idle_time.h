// How long what a client began (/_local/snapshots, /_local/restores) is kept while nobody continues it.
#pragma once

#include <chrono>

namespace ddblog::snapshots {

inline constexpr std::chrono::minutes kIdle{2};
inline constexpr std::chrono::seconds kIdleLook{30};  // between two looks for what is over

}  // namespace ddblog::snapshots
