// The key spaces of buses (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::eventbridge::key_spaces {

inline constexpr KeySpace kBuses{0x30};    // buses
inline constexpr KeySpace kRules{0x31};    // rules
inline constexpr KeySpace kTargets{0x32};  // targets

}  // namespace ddblog::eventbridge::key_spaces
