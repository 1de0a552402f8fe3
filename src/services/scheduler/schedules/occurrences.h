// When a schedule is due: its expression, in its time zone, between its dates.
//
//   rate   first at the StartDate, or when it is created; then every period
//   cron   not before the StartDate
//   at     once; StartDate and EndDate mean nothing to it
//
// Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <stdexcept>

#include "base/clock.h"
#include "schedules/schedule_expression.h"
#include "services/scheduler/schedules/schedule.h"

namespace ddblog::scheduler {

// The machine has no such time zone (any more).
class NoTimeZone : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The first time at `from` or later; std::nullopt: there is none. Throws NoTimeZone.
std::optional<Timestamp> firstOccurrence(const Schedule& schedule, Timestamp from);

// Whether the schedule is due only once.
bool isOnce(const Schedule& schedule);

// The schedule's expression. Throws std::invalid_argument if it is none.
schedules::ScheduleExpression expressionOf(const Schedule& schedule);

}  // namespace ddblog::scheduler
