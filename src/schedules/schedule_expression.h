// When a schedule is due: the ScheduleExpression of a rule of EventBridge, and of a schedule of
// EventBridge Scheduler.
//
//   rate(5 minutes)              every five minutes from when it begins
//   cron(0 12 ? * MON-FRI *)     minutes, hours, day of month, month, day of week, year
//   at(2026-11-29T09:30:00)      once (schedules only)
//
//   field         values            also
//   minutes       0-59              , - * /
//   hours         0-23              , - * /
//   day of month  1-31              , - * / ? L (the last day) 3W (the weekday nearest to the third)
//   month         1-12, JAN-DEC     , - * /
//   day of week   1-7, SUN-SAT      , - * / ? L (Saturday) 6L (the last Friday) 3#2 (the second Tuesday);
//                                   a range may go beyond Saturday: FRI-MON
//   year          1970-2199         , - * /
//
// One of the two days is "?". The unit of a rate is singular exactly if its value is 1.
//
// cron and at are times of a time zone: UTC for rules. A time of a cron expression that the clocks
// skip in spring is left out; one that they show twice in autumn is due the first time. AWS does not
// say what becomes of an at that the clocks skip: here it is due when they do so. A rate knows no
// time zone: a day is 24 hours.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html and
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
//
// Thread safety: an immutable value.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "schedules/time_zone.h"

namespace ddblog::schedules {

class ScheduleExpression {
 public:
  // Rules want "1 hour" and "2 hours"; EventBridge Scheduler takes both forms of the unit for any number.
  enum class Units { kOfTheNumber, kAnyForm };

  // Throws std::invalid_argument if it is none.
  explicit ScheduleExpression(std::string_view text, Units units = Units::kOfTheNumber);

  // The first time after `after` at which it is due; std::nullopt: there is none. `since`: where a rate
  // begins; it is due first one period later.
  std::optional<Timestamp> next(Timestamp after, Timestamp since, const TimeZone& zone = {}) const;

  bool isRate() const { return std::holds_alternative<Rate>(when_); }
  bool isOnce() const { return std::holds_alternative<Once>(when_); }

 private:
  static constexpr int kFirstYear = 1970;
  static constexpr int kLastYear = 2199;

  struct Rate {
    Duration period;
  };
  // Bits by value. Of the days, one is any.
  struct Cron {
    std::bitset<60> minutes;
    std::bitset<24> hours;
    std::bitset<32> days_of_month;
    std::bitset<13> months;
    std::bitset<8> days_of_week;  // 1: Sunday
    std::bitset<kLastYear - kFirstYear + 1> years;
    bool is_last_day = false;  // of the month
    int nearest_weekday = 0;   // to this day of the month; 0: none
    int last_day_of_week = 0;  // in the month; 0: none
    int nth_day_of_week = 0;   // this day of the week …
    int nth = 0;               // … for the nth time in the month; 0: none

    bool fitsDay(std::chrono::year_month_day date) const;
  };
  struct Once {
    LocalTime at;
  };
  friend class CronReader;

  static Rate readRate(std::string_view text, Units units);
  static Once readOnce(std::string_view text);
  static std::optional<LocalTime> nextOfCron(const Cron& cron, LocalTime after);

  std::variant<Rate, Cron, Once> when_;
};

}  // namespace ddblog::schedules
