// When schedules invoke their targets, with what, and what becomes of them afterwards.
#include <gmock/gmock.h>

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

constexpr double kStart = 1'767'225'600;  // 2026-01-01T00:00:00Z: the clock of these tests

bool exists(SchedulerCloud& cloud, const std::string& name) {
  const json::value all = cloud.ask("GET", "/schedules");
  const auto& list = all.at("Schedules").as_array();
  return std::ranges::any_of(list, [&](const json::value& one) { return one.at("Name").as_string() == name; });
}

TEST(Schedules, OfARateBeginAtOnce) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("s", "rate(10 minutes)");
  cloud.pass(minutes(30));
  const auto messages = cloud.targets().take();
  ASSERT_THAT(messages, SizeIs(4));
  EXPECT_EQ(messages[0].recipient_arn, "arn:aws:lambda:us-east-1:000000000000:function:f");
  EXPECT_EQ(messages[0].sender_service, "");  // it sends in a role
  json::object event = parseJson(messages[3].body.text()).as_object();
  event.erase("id");
  EXPECT_EQ(event, parseJson(R"({"version":"0","detail-type":"Scheduled Event","source":"aws.scheduler",)"
                             R"("account":"000000000000","time":"2026-01-01T00:30:00Z","region":"us-east-1",)"
                             R"("resources":["arn:aws:scheduler:us-east-1:000000000000:schedule/default/s"],)"
                             R"("detail":"{}"})")
                       .as_object());
}

TEST(Schedules, AreDueInTheirTimeZone) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("c", "cron(0 9 ? * FRI-SAT *)", {{"ScheduleExpressionTimezone", "America/New_York"}});
  cloud.schedule("a", "at(2026-01-02T09:30:00)", {{"ScheduleExpressionTimezone", "Asia/Tokyo"}});
  cloud.pass(hours(72));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-02T00:30:00Z", "2026-01-02T14:00:00Z", "2026-01-03T14:00:00Z"));
}

TEST(Schedules, AreDueBetweenTheirDates) {
  SchedulerCloud cloud;
  cloud.start();
  const auto between = [](Duration start, Duration end) {
    return json::object{{"StartDate", kStart + std::chrono::duration<double>(start).count()},
                        {"EndDate", kStart + std::chrono::duration<double>(end).count()}};
  };
  cloud.schedule("r", "rate(20 minutes)", between(minutes(15), minutes(55)));
  cloud.schedule("c", "cron(0/30 * * * ? *)", between(minutes(31), minutes(91)));
  cloud.schedule("a", "at(2026-01-01T00:10:00)", between(minutes(15), minutes(55)));  // the dates mean nothing to it
  cloud.pass(hours(5));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:10:00Z", "2026-01-01T00:15:00Z", "2026-01-01T00:35:00Z",
                                         "2026-01-01T00:55:00Z", "2026-01-01T01:00:00Z", "2026-01-01T01:30:00Z"));
  EXPECT_TRUE(exists(cloud, "r"));
}

TEST(Schedules, AreDeletedAfterTheirLastTimeIfTheySaySo) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("a", "at(2026-01-01T00:10:00)", {{"ActionAfterCompletion", "DELETE"}});
  cloud.schedule("r", "rate(1 hour)", {{"ActionAfterCompletion", "DELETE"}, {"EndDate", kStart + 3600 * 1.5}});
  cloud.schedule("kept", "at(2026-01-01T00:10:00)");
  cloud.pass(minutes(9));
  EXPECT_TRUE(exists(cloud, "a"));
  cloud.pass(minutes(1));
  EXPECT_FALSE(exists(cloud, "a"));
  EXPECT_TRUE(exists(cloud, "r"));
  cloud.pass(hours(2));
  EXPECT_FALSE(exists(cloud, "r"));
  EXPECT_TRUE(exists(cloud, "kept"));
  EXPECT_THAT(cloud.times(), SizeIs(4));
}

TEST(Schedules, OfAPastTimeAreNeverDue) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("a", "at(2025-12-31T23:59:59)");
  cloud.pass(hours(1));
  EXPECT_THAT(cloud.times(), IsEmpty());
}

TEST(Schedules, WithAFlexibleWindowAreDueSomewhereInIt) {
  SchedulerCloud cloud;
  cloud.start();
  for (int i = 0; i < 20; ++i) {
    cloud.schedule("s" + std::to_string(i), "at(2026-01-01T01:00:00)",
                   {{"FlexibleTimeWindow", {{"Mode", "FLEXIBLE"}, {"MaximumWindowInMinutes", 60}}}});
  }
  cloud.pass(minutes(59));
  EXPECT_THAT(cloud.times(), IsEmpty());
  cloud.pass(minutes(31));
  const std::size_t early = cloud.times().size();
  EXPECT_GT(early, 0u);
  EXPECT_LT(early, 20u);
  cloud.pass(minutes(30));
  EXPECT_EQ(early + cloud.times().size(), 20u);
}

TEST(Schedules, EndWithTheirState) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("s", "rate(1 minute)");
  cloud.pass(minutes(1));
  EXPECT_THAT(cloud.times(), SizeIs(2));
  const auto update = [&](const char* expression, const char* state) {
    cloud.ask("PUT", "/schedules/s",
              json::object{{"ScheduleExpression", expression},
                           {"State", state},
                           {"FlexibleTimeWindow", {{"Mode", "OFF"}}},
                           {"Target", SchedulerCloud::target()}});
  };
  update("rate(1 minute)", "DISABLED");
  cloud.pass(minutes(5));
  EXPECT_THAT(cloud.times(), IsEmpty());
  cloud.clock().move(std::chrono::seconds(30));
  update("rate(1 minute)", "ENABLED");  // begins anew
  cloud.pass(minutes(1));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:06:30Z", "2026-01-01T00:07:30Z"));
  cloud.clock().move(std::chrono::seconds(30));
  update("rate(1 minute)", "ENABLED");  // goes on
  cloud.pass(std::chrono::seconds(30));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:08:30Z"));
  cloud.ask("DELETE", "/schedules/s");
  cloud.pass(minutes(5));
  EXPECT_THAT(cloud.times(), IsEmpty());
}

TEST(Schedules, AreInvokedOnceIfTheClockJumps) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("s", "rate(1 minute)");
  ASSERT_TRUE(cloud.settles());
  cloud.targets().take();
  cloud.clock().move(minutes(60) + std::chrono::seconds(30));
  ASSERT_TRUE(cloud.settles());
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:01:00Z"));
  cloud.pass(std::chrono::seconds(30));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T01:01:00Z"));
}

TEST(Schedules, ReplaceTheContextAttributesOfTheirInput) {
  SchedulerCloud cloud;
  cloud.start();
  const char* input =
      "<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> "
      "<aws.scheduler.execution-id> <aws.scheduler.other>";
  cloud.schedule(
      "s", "rate(1 day)",
      {{"Target", SchedulerCloud::target({{"Arn", "arn:aws:sqs:us-east-1:000000000000:q"}, {"Input", input}})}});
  ASSERT_TRUE(cloud.settles());
  const auto messages = cloud.targets().take();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_THAT(
      messages[0].body.text(),
      testing::MatchesRegex("arn:aws:scheduler:us-east-1:000000000000:schedule/default/s 2026-01-01T00:00:00Z 1 "
                            "[0-9a-f]+ <aws.scheduler.other>"));
}

TEST(Schedules, SendToQueuesAndBuses) {
  SchedulerCloud cloud;
  cloud.schedule("q", "rate(1 day)",
                 {{"Target", SchedulerCloud::target({{"Arn", "arn:aws:sqs:us-east-1:000000000000:q.fifo"},
                                                     {"Input", "text"},
                                                     {"SqsParameters", {{"MessageGroupId", "g"}}}})}});
  cloud.schedule(
      "b", "rate(1 day)",
      {{"Target", SchedulerCloud::target({{"Arn", "arn:aws:events:us-east-1:000000000000:event-bus/default"},
                                          {"Input", R"({"a":1})"},
                                          {"EventBridgeParameters", {{"Source", "app"}, {"DetailType", "tick"}}}})}});
  cloud.start();
  ASSERT_TRUE(cloud.settles());
  const auto messages = cloud.targets().take();
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[1].group_id, "g");
  EXPECT_EQ(messages[1].body.text(), "text");
  EXPECT_FALSE(messages[1].envelope);
  ASSERT_TRUE(messages[0].envelope);
  EXPECT_EQ(messages[0].envelope->source, "app");
  EXPECT_EQ(messages[0].envelope->detail_type, "tick");
}

TEST(Schedules, AreRetriedAndEndInTheDeadLetterQueue) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.targets().failWith(rpc::DeliveryFailure{"THROTTLING", "too fast", false});
  cloud.schedule("s", "at(2026-01-01T00:10:00)",
                 {{"Target", SchedulerCloud::target(
                                 {{"Arn", "arn:aws:events:us-east-1:000000000000:event-bus/default"},
                                  {"Input", R"({"attempt":"<aws.scheduler.attempt-number>"})"},
                                  {"EventBridgeParameters", {{"Source", "app"}, {"DetailType", "tick"}}},
                                  {"RetryPolicy", {{"MaximumRetryAttempts", 2}}},
                                  {"DeadLetterConfig", {{"Arn", "arn:aws:sqs:us-east-1:000000000000:dead"}}}})}});
  cloud.pass(minutes(20));
  const auto attempts = cloud.targets().take();
  ASSERT_THAT(attempts, SizeIs(3));
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    EXPECT_EQ(attempts[i].body.text(), R"({"attempt":")" + std::to_string(i + 1) + "\"}");
    ASSERT_TRUE(attempts[i].envelope);
    EXPECT_EQ(attempts[i].envelope->source, "app");
    EXPECT_EQ(attempts[i].envelope->detail_type, "tick");
  }
  const auto dead = cloud.targets().takeDead();
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].body.text(), R"({"attempt":"3"})");
  auto attributes = dead[0].attributes;
  EXPECT_THAT(attributes["EXECUTION_ID"], SizeIs(16));
  attributes.erase("EXECUTION_ID");
  EXPECT_THAT(attributes,
              testing::UnorderedElementsAre(
                  testing::Pair("SCHEDULE_ARN", "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s"),
                  testing::Pair("TARGET_ARN", "arn:aws:events:us-east-1:000000000000:event-bus/default"),
                  testing::Pair("SCHEDULED_TIME", "2026-01-01T00:10:00Z"), testing::Pair("ERROR_CODE", "THROTTLING"),
                  testing::Pair("ERROR_MESSAGE", "too fast"), testing::Pair("RETRY_ATTEMPTS", "2"),
                  testing::Pair("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts"),
                  testing::Pair("IS_PAYLOAD_TRUNCATED", "false")));
  ASSERT_THAT(cloud.failures(), SizeIs(1));
  EXPECT_EQ(cloud.failures()[0].source_arn, "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s");
}

TEST(Schedules, SayThatTheirTargetIsNotThere) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("s", "rate(1 day)",
                 {{"Target", SchedulerCloud::target({{"Arn", "arn:aws:ecs:us-east-1:000000000000:cluster/c"}})}});
  ASSERT_TRUE(cloud.settles());
  const auto warnings = cloud.warnings();
  ASSERT_THAT(warnings, SizeIs(2));
  EXPECT_EQ(warnings[0],
            "schedule default/s: there is no target arn:aws:ecs:us-east-1:000000000000:cluster/c offline; its "
            "invocations fail");
  EXPECT_THAT(warnings[1], HasSubstr("could not be delivered to arn:aws:ecs:us-east-1:000000000000:cluster/c: "
                                     "NO_RESOURCE"));
}

TEST(Schedules, OfADeletedGroupAreDeletedInSteps) {
  SchedulerCloud cloud;
  cloud.ask("POST", "/schedule-groups/g", json::object());
  for (int i = 0; i < 1'100; ++i) {
    cloud.schedule("s" + std::to_string(i), "rate(1 day)", {{"GroupName", "g"}, {"State", "DISABLED"}});
  }
  cloud.schedule("kept", "rate(1 day)");
  cloud.ask("DELETE", "/schedule-groups/g");
  EXPECT_EQ(cloud.ask("GET", "/schedule-groups/g").at("State").as_string(), "DELETING");
  cloud.start();
  ASSERT_TRUE(cloud.settles());
  EXPECT_THAT(cloud.ask("GET", "/schedule-groups").at("ScheduleGroups").as_array(), SizeIs(1));
  EXPECT_THAT(cloud.ask("GET", "/schedules").at("Schedules").as_array(), SizeIs(1));
}

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
    cloud.schedule("r", "rate(10 minutes)", {{"StartDate", kStart + 60}});
    cloud.schedule("a", "at(2026-01-01T00:15:00)");
    cloud.schedule("w", "cron(0 1 * * ? *)",  // its window has not ended when the cloud starts again
                   {{"FlexibleTimeWindow", {{"Mode", "FLEXIBLE"}, {"MaximumWindowInMinutes", 60}}}});
    ASSERT_TRUE(cloud.settles());
  }
  SchedulerCloud cloud(directory.path());
  cloud.clock().move(minutes(119));
  cloud.start();
  ASSERT_TRUE(cloud.settles());
  cloud.pass(minutes(2));
  EXPECT_THAT(cloud.times(),
              testing::UnorderedElementsAre("2026-01-01T00:15:00Z", "2026-01-01T01:00:00Z", "2026-01-01T02:01:00Z"));
}

TEST(SchedulesOfATemplate, GoOnIfTheyAreAsBefore) {
  SchedulerCloud cloud;
  cloud.start();
  const json::object declared{{"Name", "s"},
                              {"ScheduleExpression", "rate(10 minutes)"},
                              {"StartDate", kStart - 86'400 * 30 + 300},  // a template may be old
                              {"FlexibleTimeWindow", {{"Mode", "OFF"}}},
                              {"Target", SchedulerCloud::target()}};
  cloud.provision("PutScheduleGroup", json::object{{"Name", "g"}});
  cloud.provision("PutSchedule", declared);
  cloud.pass(minutes(7));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:05:00Z"));
  cloud.provision("PutSchedule", declared);
  EXPECT_EQ(cloud.ask("GET", "/schedules/s").at("LastModificationDate").to_number<double>(), kStart);
  json::object other = declared;
  other["Description"] = "changed";
  cloud.provision("PutSchedule", other);
  EXPECT_EQ(cloud.ask("GET", "/schedules/s").at("LastModificationDate").to_number<double>(), kStart + 420);
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
