// When schedules invoke their targets, with what, and what becomes of them afterwards.
#include <gmock/gmock.h>

#include "services/scheduler/schedules/key_spaces.h"
#include "services/scheduler/schedules/limits.h"
#include "services/scheduler/schedules/stored_schedule.h"
#include "store/key_space.h"
#include "unit/services/scheduler/scheduler_cloud.h"

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

TEST(Schedules, OfAPastTimeAreOverAtOnce) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("a", "at(2025-12-31T23:59:59)");
  cloud.schedule("d", "at(2025-12-31T23:59:59)", {{"ActionAfterCompletion", "DELETE"}});
  cloud.pass(hours(1));
  EXPECT_THAT(cloud.times(), IsEmpty());
  EXPECT_TRUE(exists(cloud, "a"));
  EXPECT_FALSE(exists(cloud, "d"));
}

json::object everyHour() {
  return {{"ScheduleExpression", "rate(1 hour)"},
          {"FlexibleTimeWindow", {{"Mode", "OFF"}}},
          {"Target", SchedulerCloud::target()}};
}

TEST(Schedules, ThatChangeBetweenTheirTimeAndTheirInvocationAreInvoked) {
  SchedulerCloud cloud;
  cloud.start();
  json::object late{{"FlexibleTimeWindow", {{"Mode", "FLEXIBLE"}, {"MaximumWindowInMinutes", 1440}}}};
  cloud.schedule("a", "at(2026-01-01T00:10:00)", late);
  cloud.pass(minutes(11));
  ASSERT_THAT(cloud.times(), IsEmpty());
  json::object update = late;
  update["ScheduleExpression"] = "at(2026-01-01T00:10:00)";
  update["Description"] = "changed";
  update["Target"] = SchedulerCloud::target();
  cloud.ask("PUT", "/schedules/a", update);
  cloud.pass(hours(25));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T00:10:00Z"));
}

TEST(Schedules, ThatChangeWhenTheyWereInvokedAreNotInvokedAgain) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("r", "rate(1 hour)");
  cloud.schedule("a", "at(2026-01-01T00:00:00)");
  ASSERT_TRUE(cloud.settles());
  ASSERT_THAT(cloud.times(), SizeIs(2));
  json::object changed = everyHour();
  changed["Description"] = "changed";
  cloud.ask("PUT", "/schedules/r", changed);
  changed["ScheduleExpression"] = "at(2026-01-01T00:00:00)";
  cloud.ask("PUT", "/schedules/a", changed);
  cloud.pass(minutes(60));
  EXPECT_THAT(cloud.times(), ElementsAre("2026-01-01T01:00:00Z"));
}

TEST(Schedules, ThatCannotBeReadDoNotHoldUpTheOthers) {
  SchedulerCloud cloud;
  for (const char* name : {"a", "b", "c"}) cloud.schedule(name, "at(2026-01-01T00:10:00)");
  cloud.store().writeAndWait([&](Transaction& transaction) {
    transaction.put(KeyBuilder(key_spaces::kSchedules).text("default").text("b").str(), "damaged");
  });
  cloud.start();
  cloud.pass(minutes(10));
  EXPECT_THAT(cloud.times(), SizeIs(2));
  EXPECT_THAT(cloud.warnings(), ElementsAre(HasSubstr("schedule default/b stops until it is updated")));
}

TEST(Schedules, OfARateTakeBothFormsOfItsUnit) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.schedule("one", "rate(1 hours)");
  cloud.schedule("two", "rate(2 hour)");
  cloud.pass(hours(2));
  EXPECT_THAT(cloud.times(), SizeIs(3 + 2));
}

TEST(Schedules, WhoseInputBecomesTooLargeAreGivenUp) {
  SchedulerCloud cloud;
  cloud.start();
  std::string input;
  while (input.size() < 255'000) input += "<aws.scheduler.schedule-arn>";
  cloud.schedule(
      "s", "at(2026-01-01T00:10:00)",
      {{"Target", SchedulerCloud::target({{"Arn", "arn:aws:sqs:us-east-1:000000000000:q"}, {"Input", input}})}});
  cloud.pass(minutes(10));
  EXPECT_THAT(cloud.targets().take(), IsEmpty());
  ASSERT_THAT(cloud.failures(), SizeIs(1));
  EXPECT_EQ(cloud.failures()[0].condition, "INVALID_PARAMETER");
}

TEST(Schedules, AreListedInPagesThatLookAtSomeOnly) {
  SchedulerCloud cloud;
  cloud.store().writeAndWait([&](Transaction& transaction) {
    Schedule schedule;
    schedule.group = kDefaultGroup;
    schedule.state = "DISABLED";
    for (std::size_t i = 0; i < limits::kListedAtATime + 5; ++i) {
      schedule.name = "s" + std::to_string(i);
      transaction.put(KeyBuilder(key_spaces::kSchedules).text(schedule.group).text(schedule.name).str(),
                      encodeSchedule(schedule));
    }
  });
  cloud.schedule("t", "rate(1 day)");
  const json::value first = cloud.ask("GET", "/schedules?State=ENABLED");
  EXPECT_THAT(first.at("Schedules").as_array(), IsEmpty());
  const std::string token(first.at("NextToken").as_string());
  EXPECT_THAT(token, testing::Not(IsEmpty()));
  const std::unique_ptr<Snapshot> snapshot = cloud.store().snapshot();
  Ids ids(1);
  const ScheduleCatalog catalog(ids);
  const auto second = catalog.list(*snapshot, "", "ENABLED", {.prefix = {}, .token = token, .limit = 10});
  EXPECT_THAT(second.entries, SizeIs(1));
  EXPECT_EQ(second.next_token, "");
  const auto named = catalog.list(*snapshot, "default", "ENABLED", {.prefix = "t", .token = {}, .limit = 10});
  EXPECT_THAT(named.entries, SizeIs(1));  // it seeks the prefix
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

TEST(Schedules, WhoseRetryCannotBeReadDoNotHoldUpTheOthers) {
  SchedulerCloud cloud;
  cloud.start();
  cloud.targets().failWith(rpc::DeliveryFailure{"THROTTLING", "too fast", false});
  for (const char* name : {"a", "b", "c"}) cloud.schedule(name, "rate(1 day)");
  ASSERT_TRUE(cloud.settles());
  ASSERT_THAT(cloud.targets().take(), SizeIs(3));
  cloud.targets().failWith(std::nullopt);
  cloud.store().writeAndWait([&](Transaction& transaction) {
    const std::string begin = KeyBuilder(key_spaces::kRetries).number(0).str();
    const auto waiting = transaction.cursor(begin, endOfPrefix(begin.substr(0, 1)));
    ASSERT_TRUE(waiting->valid());
    transaction.put(std::string(waiting->key()), "damaged");
  });
  cloud.pass(minutes(1));
  EXPECT_THAT(cloud.times(), SizeIs(2));
  EXPECT_THAT(cloud.warnings(), testing::Contains(HasSubstr("a delivery is not tried again")));
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

}  // namespace
}  // namespace ddblog::scheduler
