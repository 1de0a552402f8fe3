// What becomes of schedules when the cloud starts again, and when it provisions a template.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

#include "unit/services/scheduler/scheduler_cloud.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::scheduler {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kBegin = 1'767'225'600;  // 2026-01-01T00:00:00Z: the clock of these tests

TEST(SchedulesAfterARestart, GoOn) {
  TemporaryDirectory directory;
  {
    SchedulerCloud cloud(directory.path());
    cloud.start();
    cloud.schedule("r", "rate(10 minutes)");
    cloud.schedule("a", "at(2026-01-01T00:30:00)");
    cloud.pass(minutes(10));
    EXPECT_THAT(cloud.times(), SizeIs(2));
  }
  SchedulerCloud cloud(directory.path());
  cloud.clock().move(minutes(10));
  cloud.start();
  cloud.pass(minutes(20));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:20:00Z", "2026-01-01T00:30:00Z", "2026-01-01T00:30:00Z"));
}

TEST(SchedulesAfterARestart, MakeUpForWhatIsDueOnceOnly) {
  TemporaryDirectory directory;
  {
    SchedulerCloud cloud(directory.path());
    cloud.start();
    cloud.schedule("r", "rate(10 minutes)", {{"StartDate", kBegin + 60}});
    cloud.schedule("a", "at(2026-01-01T00:15:00)");
    cloud.schedule("w", "cron(0 1 * * ? *)",  // its window has not ended when the cloud starts again
                   {{"FlexibleTimeWindow", {{"Mode", "FLEXIBLE"}, {"MaximumWindowInMinutes", 60}}}});
    ASSERT_TRUE(cloud.settles());
  }
  SchedulerCloud cloud(directory.path(), minutes(119));
  cloud.start();
  ASSERT_TRUE(cloud.settles());
  cloud.pass(minutes(2));
  EXPECT_THAT(cloud.times(),
              testing::UnorderedElementsAre("2026-01-01T00:15:00Z", "2026-01-01T01:00:00Z", "2026-01-01T02:01:00Z"));
}

TEST(SchedulesOfATemplate, ThatAreOverdueAreInvokedThoughTheTemplateChanged) {
  TemporaryDirectory directory;
  json::object declared{{"Name", "a"},
                        {"ScheduleExpression", "at(2026-01-01T00:15:00)"},
                        {"FlexibleTimeWindow", {{"Mode", "OFF"}}},
                        {"Target", SchedulerCloud::target()}};
  {
    SchedulerCloud cloud(directory.path());
    cloud.provision("PutSchedule", declared);
  }
  SchedulerCloud cloud(directory.path());
  cloud.clock().move(hours(1));
  declared["Description"] = "changed";
  cloud.provision("PutSchedule", declared);
  cloud.start();
  ASSERT_TRUE(cloud.settles());
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:15:00Z"));
}

// The first time of a rate is when the schedule is made, which is before the start.
TEST(SchedulesOfATemplate, AreNotMissedHoweverLongTheStartTakes) {
  SchedulerCloud cloud;
  cloud.provision("PutSchedule", {{"Name", "r"},
                                  {"ScheduleExpression", "rate(1 day)"},
                                  {"FlexibleTimeWindow", {{"Mode", "OFF"}}},
                                  {"Target", SchedulerCloud::target()}});
  cloud.clock().move(std::chrono::seconds(5));
  cloud.start();
  ASSERT_TRUE(cloud.settles());
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:00:00Z"));
}

TEST(SchedulesOfATemplate, WaitForTheirTimeZone) {
  TemporaryDirectory directory;
  const json::object declared{{"Name", "a"},
                              {"ScheduleExpression", "at(2026-01-01T02:15:00)"},
                              {"ScheduleExpressionTimezone", "Nowhere/City"},
                              {"FlexibleTimeWindow", {{"Mode", "OFF"}}},
                              {"Target", SchedulerCloud::target()}};
  {
    SchedulerCloud cloud(directory.path());
    cloud.provision("PutSchedule", declared);
    cloud.start();
    cloud.pass(hours(1));
    EXPECT_THAT(cloud.times(), IsEmpty());
    EXPECT_THAT(
        cloud.warnings(),
        testing::Each(HasSubstr("schedule default/a does not run: this machine has no time zone Nowhere/City")));
    EXPECT_THAT(cloud.warnings(), SizeIs(2));  // of the template, and at the start
  }
  const std::filesystem::path zones = directory.path() / "zones";
  std::filesystem::create_directories(zones / "Nowhere");
  std::filesystem::copy_file("/usr/share/zoneinfo/Europe/Berlin", zones / "Nowhere" / "City");
  ::setenv("TZDIR", zones.c_str(), 1);
  {
    SchedulerCloud cloud(directory.path());
    cloud.clock().move(hours(1));
    cloud.provision("PutSchedule", declared);
    cloud.start();
    cloud.pass(minutes(15));
    EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T01:15:00Z"));
    EXPECT_THAT(cloud.warnings(), IsEmpty());
  }
  ::unsetenv("TZDIR");
}

TEST(SchedulesOfATemplate, GoOnIfTheyAreAsBefore) {
  SchedulerCloud cloud;
  cloud.start();
  const json::object declared{{"Name", "s"},
                              {"ScheduleExpression", "rate(10 minutes)"},
                              {"StartDate", kBegin - 86'400 * 30 + 300},  // a template may be old
                              {"FlexibleTimeWindow", {{"Mode", "OFF"}}},
                              {"Target", SchedulerCloud::target()}};
  cloud.provision("PutScheduleGroup", json::object{{"Name", "g"}});
  cloud.provision("PutSchedule", declared);
  cloud.pass(minutes(7));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:05:00Z"));
  cloud.provision("PutSchedule", declared);
  EXPECT_EQ(cloud.ask("GET", "/schedules/s").at("LastModificationDate").to_number<double>(), kBegin);
  json::object other = declared;
  other["Description"] = "changed";
  cloud.provision("PutSchedule", other);
  EXPECT_EQ(cloud.ask("GET", "/schedules/s").at("LastModificationDate").to_number<double>(), kBegin + 420);
  cloud.pass(minutes(8));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:15:00Z"));
  cloud.provision("DeleteSchedule", json::object{{"Name", "s"}});
  cloud.provision("DeleteSchedule", json::object{{"Name", "s"}});
  cloud.provision("DeleteScheduleGroup", json::object{{"Name", "g"}});
  cloud.pass(hours(1));
  EXPECT_THAT(cloud.times(), IsEmpty());
  EXPECT_THAT(cloud.ask("GET", "/schedule-groups").at("ScheduleGroups").as_array(), SizeIs(1));
}

}  // namespace
}  // namespace ddblog::scheduler
