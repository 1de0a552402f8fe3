// Limits of EventBridge Scheduler.
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html
#pragma once

#include <cstddef>
#include <cstdint>

namespace ddblog::scheduler::limits {

inline constexpr std::uint64_t kSchedules = 1'000'000;  // of all groups
inline constexpr std::size_t kGroups = 500;
inline constexpr std::size_t kListedAtATime = 10'000;  // ours; schedules that one ListSchedules looks at
inline constexpr std::size_t kTagsPerGroup = 50;
inline constexpr std::size_t kInputBytes = 256u << 10;

}  // namespace ddblog::scheduler::limits
