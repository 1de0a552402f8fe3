#include "services/scheduler/schedules/occurrences.h"

#include <algorithm>

namespace ddblog::scheduler {

std::optional<Timestamp> firstOccurrence(const Schedule& schedule, Timestamp from) {
  const schedules::ScheduleExpression expression = expressionOf(schedule);
  const auto zone = schedules::TimeZone::find(schedule.time_zone);
  if (!zone) throw NoTimeZone("this machine has no time zone " + schedule.time_zone);
  constexpr Duration kJustBefore{1};
  if (expression.isOnce()) return expression.next(from - kJustBefore, {}, *zone);
  const Timestamp begin = schedule.start.value_or(expression.isRate() ? schedule.since : from);
  from = std::max(from, begin);
  auto due =
      expression.isRate() && from == begin ? std::optional(begin) : expression.next(from - kJustBefore, begin, *zone);
  if (due && schedule.end && *due > *schedule.end) due.reset();
  return due;
}

bool isOnce(const Schedule& schedule) { return expressionOf(schedule).isOnce(); }

schedules::ScheduleExpression expressionOf(const Schedule& schedule) {
  return schedules::ScheduleExpression(schedule.expression, schedules::ScheduleExpression::Units::kAnyForm);
}

}  // namespace ddblog::scheduler
