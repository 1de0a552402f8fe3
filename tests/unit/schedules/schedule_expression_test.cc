// When schedules are due, and which expressions are rejected.
#include "schedules/schedule_expression.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ddblog::schedules {
namespace {

struct Case {
  const char* expression;
  const char* after;
  std::vector<const char*> due;  // the next times; the last one nullptr: then never again
};

// The examples of AWS's documentation, and what is special about months and weekdays.
const std::vector<Case> kCases = {
    {"cron(15 10 * * ? *)", "2026-01-01T00:00:00Z", {"2026-01-01T10:15:00Z", "2026-01-02T10:15:00Z"}},
    {"cron(0 18 ? * MON-FRI *)", "2026-11-27T18:00:00Z", {"2026-11-30T18:00:00Z", "2026-12-01T18:00:00Z"}},
    {"cron(0 2 ? * SAT-SUN *)",
     "2026-11-27T00:00:00Z",
     {"2026-11-28T02:00:00Z", "2026-11-29T02:00:00Z", "2026-12-05T02:00:00Z"}},
    {"cron(0 8 1 * ? *)", "2026-01-01T08:00:00Z", {"2026-02-01T08:00:00Z"}},
    {"cron(0/15 10-16 ? * MON-FRI *)", "2026-11-27T16:44:59.999Z", {"2026-11-27T16:45:00Z", "2026-11-30T10:00:00Z"}},
    {"cron(*/20 * * * ? *)", "2026-01-01T00:00:00Z", {"2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z"}},
    {"cron(5-10/2 0 ? * * *)", "2026-01-01T00:04:00Z", {"2026-01-01T00:05:00Z", "2026-01-01T00:07:00Z"}},
    {"cron(59 23 31 12 ? *)", "2026-01-01T00:00:00Z", {"2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"}},
    {"cron(0 0 L * ? *)", "2027-02-01T00:00:00Z", {"2027-02-28T00:00:00Z", "2027-03-31T00:00:00Z"}},
    {"cron(0 0 L 2 ? *)", "2027-03-01T00:00:00Z", {"2028-02-29T00:00:00Z"}},
    {"cron(0 0 29 FEB ? *)", "2026-01-01T00:00:00Z", {"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
    {"cron(0 0 1W * ? *)", "2026-08-01T00:00:00Z", {"2026-08-03T00:00:00Z", "2026-09-01T00:00:00Z"}},
    {"cron(0 0 31W * ? *)", "2026-05-01T00:00:00Z", {"2026-05-29T00:00:00Z", "2026-07-31T00:00:00Z"}},
    {"cron(0 0 15W 11 ? *)", "2026-11-01T00:00:00Z", {"2026-11-16T00:00:00Z"}},
    {"cron(0 0 ? * 3#2 *)", "2026-11-01T00:00:00Z", {"2026-11-10T00:00:00Z", "2026-12-08T00:00:00Z"}},
    {"cron(0 0 ? * TUE#5 *)", "2026-11-01T00:00:00Z", {"2026-12-29T00:00:00Z"}},
    {"cron(0 0 ? * 6L 2026)", "2026-11-01T00:00:00Z", {"2026-11-27T00:00:00Z", "2026-12-25T00:00:00Z", nullptr}},
    {"cron(0 0 ? * FRIL 2026)", "2026-11-28T00:00:00Z", {"2026-12-25T00:00:00Z", nullptr}},
    {"cron(0 0 ? * L *)", "2026-11-22T00:00:00Z", {"2026-11-28T00:00:00Z"}},
    {"cron(0 0 ? * 1,SAT *)", "2026-11-22T00:00:00Z", {"2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"}},
    {"cron(0 12 ? jan-mar/2 sun 2027-2028)", "2026-11-22T00:00:00Z", {"2027-01-03T12:00:00Z"}},
    {"cron(0 0 30 2 ? *)", "2026-01-01T00:00:00Z", {nullptr}},
    {"cron(0 0 1 1 ? 1970)", "2026-01-01T00:00:00Z", {nullptr}},
    {"cron(0 0 31 12 ? 2199)", "2026-01-01T00:00:00Z", {"2199-12-31T00:00:00Z", nullptr}},
    {"cron( 0   0 1 1  ? 2030 )", "2026-01-01T00:00:00Z", {"2030-01-01T00:00:00Z", nullptr}},
    {"rate(1 minute)", "2026-01-01T00:00:00Z", {"2026-01-01T00:00:30Z", "2026-01-01T00:01:30Z"}},
    {"rate(5 minutes)", "2026-01-01T00:10:30Z", {"2026-01-01T00:14:30Z"}},
    {"rate(2 hours)", "2025-12-31T23:00:00Z", {"2026-01-01T01:59:30Z"}},
    {"rate(1 day)", "2026-01-01T00:00:00Z", {"2026-01-01T23:59:30Z"}},
};

TEST(ScheduleExpression, IsDueAtTheTimesItNames) {
  const Timestamp since = fromIso8601("2025-12-31T23:59:30Z");
  for (const Case& one : kCases) {
    const ScheduleExpression expression(one.expression);
    Timestamp after = fromIso8601(one.after);
    for (const char* expected : one.due) {
      const auto due = expression.next(after, since);
      EXPECT_EQ(due ? toIso8601(*due, false) : "never", expected ? expected : "never") << one.expression;
      if (!due) break;
      after = *due;
    }
  }
}

TEST(ScheduleExpression, TakesBothFormsOfAUnitIfItMay) {
  const Timestamp begin = fromIso8601("2026-01-01T00:00:00Z");
  const auto next = [&](const char* text) {
    return ScheduleExpression(text, ScheduleExpression::Units::kAnyForm).next(begin, begin);
  };
  EXPECT_EQ(next("rate(1 hours)"), begin + std::chrono::hours(1));
  EXPECT_EQ(next("rate(2 day)"), begin + std::chrono::hours(48));
  EXPECT_THROW(next("rate(0 hours)"), std::invalid_argument);
  EXPECT_THROW(next("rate(1 hourss)"), std::invalid_argument);
}

TEST(ScheduleExpression, ThatIsNoneIsRejected) {
  for (const char* text : {"",
                           "rate",
                           "rate()",
                           "rate(1)",
                           "rate(0 minutes)",
                           "rate(-1 minutes)",
                           "rate(1 minutes)",
                           "rate(2 minute)",
                           "rate(5 seconds)",
                           "rate(5 Minutes)",
                           "rate(1.5 hours)",
                           "rate(5 minutes",
                           "rate(9999999999 days)",
                           "rate( 5 minutes )",
                           " rate(5 minutes)",
                           "rate(5  minutes)",
                           "at()",
                           "at(2026-01-01)",
                           "at(2026-01-01T00:00:00Z)",
                           "at(2026-01-01 00:00:00)",
                           "at(2026-13-01T00:00:00)",
                           "at(2026-02-29T00:00:00)",
                           "at(2026-01-01T24:00:00)",
                           "at(2026-01-01T00:60:00)",
                           "at(2026-01-01T00:00:60)",
                           "at(1969-12-31T23:59:59)",
                           "at(-026-01-01T00:00:00)",
                           "cron()",
                           "cron(* * * * *)",
                           "cron(* * * * * *)",
                           "cron(* * ? * ? *)",
                           "cron(60 * * * ? *)",
                           "cron(* 24 * * ? *)",
                           "cron(* * 0 * ? *)",
                           "cron(* * 32 * ? *)",
                           "cron(* * * 13 ? *)",
                           "cron(* * * JAM ? *)",
                           "cron(* * ? * 8 *)",
                           "cron(* * ? * 0 *)",
                           "cron(* * ? * MO *)",
                           "cron(* * * * ? 1969)",
                           "cron(* * * * ? 2200)",
                           "cron(*/0 * * * ? *)",
                           "cron(1/2/3 * * * ? *)",
                           "cron(5-1 * * * ? *)",
                           "cron(1-2-3 * * * ? *)",
                           "cron(1,, * * * ? *)",
                           "cron(- * * * ? *)",
                           "cron(* * W * ? *)",
                           "cron(* * L-1 * ? *)",
                           "cron(* * ? * 3#6 *)",
                           "cron(* * ? * #1 *)",
                           "cron(* * ? * 3#2,4#1 *)",
                           "cron(? * * * ? *)",
                           "cron(* * * * ? * *)",
                           "CRON(* * * * ? *)"}) {
    EXPECT_THROW(ScheduleExpression{text}, std::invalid_argument) << text;
  }
}

struct ZoneCase {
  const char* expression;
  const char* zone;
  const char* after;
  std::vector<const char*> due;
};

// In Berlin the clocks go from 02:00 to 03:00 on 2026-03-29 (01:00 UTC), and from 03:00 to 02:00 on
// 2026-10-25 (01:00 UTC).
const std::vector<ZoneCase> kZoneCases = {
    {"cron(0 9 * * ? *)",
     "Europe/Berlin",
     "2026-03-27T12:00:00Z",
     {"2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"}},
    {"cron(30 2 * * ? *)",
     "Europe/Berlin",
     "2026-03-27T12:00:00Z",  // the clocks skip it on the 29th
     {"2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"}},
    {"cron(30 2 * * ? *)",
     "Europe/Berlin",
     "2026-10-24T12:00:00Z",  // and show it twice on the 25th
     {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
    {"cron(0/30 * * * ? *)",
     "Europe/Berlin",
     "2026-10-25T00:00:00Z",
     {"2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z"}},
    {"cron(0 0 1 * ? *)", "America/New_York", "2026-01-15T00:00:00Z", {"2026-02-01T05:00:00Z", "2026-03-01T05:00:00Z"}},
    {"cron(15 10 ? * MON *)", "Asia/Kolkata", "2026-01-01T00:00:00Z", {"2026-01-05T04:45:00Z"}},
    {"cron(0 12 31 12 ? *)", "Pacific/Kiritimati", "2026-01-01T00:00:00Z", {"2026-12-30T22:00:00Z"}},
    {"cron(30 2 29 3 ? *)", "Europe/Berlin", "2026-01-01T00:00:00Z", {"2027-03-29T00:30:00Z"}},
    {"at(2026-07-01T09:30:15)", "Europe/Berlin", "2026-01-01T00:00:00Z", {"2026-07-01T07:30:15Z", nullptr}},
    {"at(2026-03-29T02:30:00)", "Europe/Berlin", "2026-01-01T00:00:00Z", {"2026-03-29T01:00:00Z", nullptr}},
    {"at(2026-10-25T02:30:00)", "Europe/Berlin", "2026-01-01T00:00:00Z", {"2026-10-25T00:30:00Z", nullptr}},
    {"at(2026-07-01T09:30:15)", "UTC", "2026-07-01T09:30:15Z", {nullptr}},
    {"rate(1 day)", "Europe/Berlin", "2026-03-28T23:59:30Z", {"2026-03-29T23:59:30Z"}},
};

TEST(ScheduleExpression, IsInATimeZone) {
  const Timestamp since = fromIso8601("2025-12-31T23:59:30Z");
  for (const ZoneCase& one : kZoneCases) {
    const ScheduleExpression expression(one.expression);
    const auto zone = TimeZone::find(one.zone);
    ASSERT_TRUE(zone) << one.zone;
    Timestamp after = fromIso8601(one.after);
    for (const char* expected : one.due) {
      const auto due = expression.next(after, since, *zone);
      EXPECT_EQ(due ? toIso8601(*due, false) : "never", expected ? expected : "never")
          << one.expression << " " << one.zone;
      if (!due) break;
      after = *due;
    }
  }
}

TEST(TimeZone, HasANameOfTheDatabase) {
  for (const char* name : {"UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "EST5EDT", "GMT"}) {
    EXPECT_TRUE(TimeZone::find(name)) << name;
  }
  for (const char* name : {"", "Mars/Olympus", "../../../etc/passwd", "/usr/share/zoneinfo/UTC", "Europe/", "Europe",
                           "Europe//Berlin", "tzdata.zi", "file:UTC", "localtime", "Europe/Berlin\n"}) {
    EXPECT_FALSE(TimeZone::find(name)) << name;
  }
}

TEST(TimeZone, ShowsTheTimeOfItsPlace) {
  const auto berlin = TimeZone::find("Europe/Berlin");
  ASSERT_TRUE(berlin);
  const auto hour = [&](const char* time) {
    const LocalTime local = berlin->toLocal(fromIso8601(time));
    return std::chrono::floor<std::chrono::hours>(local - std::chrono::floor<std::chrono::days>(local)).count();
  };
  EXPECT_EQ(hour("2026-01-01T12:00:00Z"), 13);
  EXPECT_EQ(hour("2026-07-01T12:00:00Z"), 14);
  EXPECT_EQ(hour("2100-07-01T12:00:00Z"), 14);  // the database's rule for all years to come
}

}  // namespace
}  // namespace ddblog::schedules
