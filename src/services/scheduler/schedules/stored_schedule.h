// The stored form of schedules and groups: JSON objects; and of occurrences: two times, in
// milliseconds since the epoch (8 bytes each). Decoding anything that we did not write throws.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "services/scheduler/schedules/schedule.h"

namespace ddblog::scheduler {

std::string encodeGroup(const Group& group);
Group decodeGroup(std::string_view stored);

std::string encodeSchedule(const Schedule& schedule);
Schedule decodeSchedule(std::string_view stored);

std::string encodeOccurrence(const Occurrence& occurrence);
Occurrence decodeOccurrence(std::string_view stored);

}  // namespace ddblog::scheduler
