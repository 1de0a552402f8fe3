// Rules with schedules: when their targets get an event, and which.
#include "services/eventbridge/bus/schedules.h"

#include <gmock/gmock.h>

#include "unit/services/eventbridge/event_cloud.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::eventbridge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void schedule(EventCloud& cloud, const std::string& rule, const std::string& expression, const std::string& more = {}) {
  cloud.ask("PutRule", R"({"Name":")" + rule + R"(","ScheduleExpression":")" + expression + "\"" + more + "}");
  cloud.ask("PutTargets", R"({"Rule":")" + rule +
                              R"(","Targets":[{"Id":"f","Arn":"arn:aws:lambda:us-east-1:000000000000:function:)" +
                              rule + "\"}]}");
}

// The times of the events that came.
std::vector<std::string> times(EventCloud& cloud) {
  std::vector<std::string> times;
  for (const rpc::Message& message : cloud.deliveries().take()) {
    times.emplace_back(parseJson(message.body.text()).at("time").as_string());
  }
  return times;
}

// Moves the clock as time passes: from one due time to the next.
void pass(EventCloud& cloud, Duration step) {
  const RunningTime end = cloud.clock().runningTime() + step;
  for (;;) {
    ASSERT_TRUE(cloud.settles());
    const RunningTime now = cloud.clock().runningTime();
    if (now == end) return;
    cloud.clock().move(std::min(end, cloud.service().activity().next_due) - now);
  }
}

TEST(Schedules, SendAnEventWhenTheyAreDue) {
  EventCloud cloud;
  cloud.start();
  schedule(cloud, "r", "rate(10 minutes)");
  pass(cloud, std::chrono::minutes(9));
  EXPECT_THAT(times(cloud), IsEmpty());
  pass(cloud, std::chrono::minutes(1));
  const auto deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 1u);
  json::object event = parseJson(deliveries[0].body.text()).as_object();
  EXPECT_FALSE(event.at("id").as_string().empty());
  event.erase("id");
  EXPECT_EQ(event, parseJson(R"({"version":"0","detail-type":"Scheduled Event","source":"aws.events",)"
                             R"("account":"000000000000","time":"2026-01-01T00:10:00Z","region":"us-east-1",)"
                             R"("resources":["arn:aws:events:us-east-1:000000000000:rule/r"],"detail":{}})")
                       .as_object());
  pass(cloud, std::chrono::minutes(30));
  EXPECT_THAT(times(cloud), ElementsAre("2026-01-01T00:20:00Z", "2026-01-01T00:30:00Z", "2026-01-01T00:40:00Z"));
}

TEST(Schedules, OfCronAreInUtcAndComeBesidePatterns) {
  EventCloud cloud;
  cloud.start();
  schedule(cloud, "c", "cron(0 12 ? * THU-FRI *)", R"(,"EventPattern":"{\"source\":[\"test\"]}")");
  cloud.put("default", "{}");
  EXPECT_EQ(times(cloud).size(), 1u);
  pass(cloud, std::chrono::hours(72));
  EXPECT_THAT(times(cloud), ElementsAre("2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"));
}

TEST(Schedules, EndWithTheirRule) {
  EventCloud cloud;
  cloud.start();
  schedule(cloud, "r", "rate(1 minute)");
  pass(cloud, std::chrono::minutes(1));
  EXPECT_EQ(times(cloud).size(), 1u);
  cloud.ask("DisableRule", R"({"Name":"r"})");
  pass(cloud, std::chrono::minutes(5));
  EXPECT_THAT(times(cloud), IsEmpty());
  cloud.clock().move(std::chrono::seconds(30));
  cloud.ask("EnableRule", R"({"Name":"r"})");
  cloud.ask("PutRule", R"json({"Name":"r","ScheduleExpression":"rate(1 minute)"})json");  // as each start does
  pass(cloud, std::chrono::minutes(1));
  EXPECT_THAT(times(cloud), ElementsAre("2026-01-01T00:07:30Z"));
  cloud.ask("PutRule", R"json({"Name":"r","ScheduleExpression":"rate(3 minutes)"})json");
  pass(cloud, std::chrono::minutes(4));
  EXPECT_THAT(times(cloud), ElementsAre("2026-01-01T00:10:30Z"));
  cloud.ask("RemoveTargets", R"({"Rule":"r","Ids":["f"]})");
  cloud.ask("DeleteRule", R"({"Name":"r"})");
  pass(cloud, std::chrono::minutes(4));
  EXPECT_THAT(times(cloud), IsEmpty());
}

TEST(Schedules, DoNotMakeUpForTimesAtWhichTheCloudDidNotRun) {
  TemporaryDirectory directory;
  {
    EventCloud cloud(directory.path());
    cloud.start();
    schedule(cloud, "r", "rate(10 minutes)");
    pass(cloud, std::chrono::minutes(10));
    EXPECT_EQ(times(cloud).size(), 1u);
    cloud.stop();
  }
  EventCloud cloud(directory.path());
  cloud.clock().move(std::chrono::minutes(45));
  cloud.start();
  pass(cloud, std::chrono::minutes(10));
  EXPECT_THAT(times(cloud), ElementsAre("2026-01-01T00:50:00Z"));
}

TEST(Schedules, AreDueOnceIfTheClockJumps) {
  EventCloud cloud;
  cloud.start();
  schedule(cloud, "r", "rate(1 minute)");
  ASSERT_TRUE(cloud.settles());
  cloud.clock().move(std::chrono::hours(1));
  ASSERT_TRUE(cloud.settles());
  EXPECT_THAT(times(cloud), ElementsAre("2026-01-01T00:01:00Z"));
}

TEST(Schedules, AreGivenBack) {
  EventCloud cloud;
  schedule(cloud, "r", "rate(1 minute)", R"(,"Description":"d")");
  EXPECT_EQ(json::serialize(cloud.ask("DescribeRule", R"({"Name":"r"})")),
            R"({"Name":"r","Arn":"arn:aws:events:us-east-1:000000000000:rule/r",)"
            R"json("ScheduleExpression":"rate(1 minute)","State":"ENABLED","Description":"d",)json"
            R"("EventBusName":"default","CreatedBy":"000000000000"})");
}

}  // namespace
}  // namespace ddblog::eventbridge
