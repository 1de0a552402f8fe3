// The key spaces of schedules (see store/key_space.h). schedule_catalog.h and deliveries/deliveries.h draw them.
#pragma once

#include "store/key_space.h"

namespace ddblog::scheduler::key_spaces {

inline constexpr KeySpace kGroups{0x70};       // groups, and the number of schedules
inline constexpr KeySpace kSchedules{0x71};    // schedules
inline constexpr KeySpace kOccurrences{0x72};  // when each is due next
inline constexpr KeySpace kDue{0x73};          // the same, by when it is
inline constexpr KeySpace kRetries{0x74};      // invocations that a target did not take
inline constexpr KeySpace kRetriesDue{0x75};   // the same, by when they are tried again

}  // namespace ddblog::scheduler::key_spaces
