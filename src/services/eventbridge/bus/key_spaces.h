// The key spaces of buses (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::eventbridge::key_spaces {

inline constexpr KeySpace kBuses{0x30};       // buses
inline constexpr KeySpace kRules{0x31};       // rules
inline constexpr KeySpace kTargets{0x32};     // targets
inline constexpr KeySpace kRetries{0x33};     // deliveries that a target did not take
inline constexpr KeySpace kRetriesDue{0x34};  // the same, by when they are tried again

}  // namespace ddblog::eventbridge::key_spaces
