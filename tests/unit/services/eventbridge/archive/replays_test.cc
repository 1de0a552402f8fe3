// The archives and replays of the API: what an archive keeps, for how long, and how it is replayed.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>

#include "services/eventbridge/archive/archive_retention.h"
#include "services/eventbridge/archive/limits.h"
#include "unit/services/eventbridge/event_cloud.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::eventbridge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kPrefix[] = "arn:aws:events:us-east-1:000000000000:";

void createArchive(EventCloud& cloud, const std::string& name, const std::string& bus, const std::string& pattern = {},
                   int retention_days = 0) {
  json::object request{{"ArchiveName", name}, {"EventSourceArn", kPrefix + ("event-bus/" + bus)}};
  if (!pattern.empty()) request["EventPattern"] = pattern;
  request["RetentionDays"] = retention_days;
  cloud.ask("CreateArchive", json::serialize(request));
}

json::object replayRequest(const std::string& name, const std::string& archive, const std::string& bus,
                           const json::array& filters = {}) {
  json::object destination{{"Arn", kPrefix + ("event-bus/" + bus)}};
  if (!filters.empty()) destination["FilterArns"] = filters;
  return {{"ReplayName", name},
          {"EventSourceArn", kPrefix + ("archive/" + archive)},
          {"EventStartTime", 0},
          {"EventEndTime", 4'000'000'000},
          {"Destination", std::move(destination)}};
}

void startReplay(EventCloud& cloud, const json::object& request) {
  const json::value answer = cloud.ask("StartReplay", json::serialize(request));
  EXPECT_EQ(answer.at("State").as_string(), "STARTING");
}

json::value describe(EventCloud& cloud, const std::string& name) {
  return cloud.ask("DescribeReplay", R"({"ReplayName":")" + name + "\"}");
}
std::string stateOf(EventCloud& cloud, const std::string& name) {
  return std::string(describe(cloud, name).at("State").as_string());
}
bool reaches(EventCloud& cloud, const std::string& name, const std::string& state) {
  return EventCloud::until([&] { return stateOf(cloud, name) == state; });
}

std::int64_t eventCount(EventCloud& cloud, const std::string& archive) {
  EXPECT_TRUE(cloud.archive().drain());
  return cloud.ask("DescribeArchive", R"({"ArchiveName":")" + archive + "\"}")
      .at("EventCount")
      .to_number<std::int64_t>();
}

// The numbers "n" of the details that the targets got.
std::vector<std::int64_t> numbers(const std::vector<rpc::Message>& deliveries) {
  std::vector<std::int64_t> numbers;
  for (const rpc::Message& one : deliveries) {
    numbers.push_back(parseJson(one.body.text()).at("detail").at("n").to_number<std::int64_t>());
  }
  return numbers;
}

TEST(Archives, KeepWhatMatchesWhenItIsPut) {
  EventCloud cloud;
  cloud.put("default", R"({"n":1})");
  createArchive(cloud, "all", "default");
  createArchive(cloud, "some", "default", R"({"detail":{"n":[2,3]}})");
  for (int n = 2; n <= 4; ++n) cloud.put("default", "{\"n\":" + std::to_string(n) + "}");
  EXPECT_EQ(eventCount(cloud, "all"), 3);
  EXPECT_EQ(eventCount(cloud, "some"), 2);
  cloud.ask("UpdateArchive", R"({"ArchiveName":"some","EventPattern":"{\"detail\":{\"n\":[5]}}"})");
  cloud.put("default", R"({"n":2})");
  cloud.put("default", R"({"n":5})");
  EXPECT_EQ(eventCount(cloud, "some"), 3);
  cloud.ask("DeleteArchive", R"({"ArchiveName":"some"})");
  createArchive(cloud, "some", "default");
  EXPECT_EQ(eventCount(cloud, "some"), 0);
}

TEST(Archives, LeaveTheProductsEventsAsTheyAre) {
  EventCloud cloud;
  cloud.ask("CreateEventBus", R"({"Name":"dynamodb-log"})");
  createArchive(cloud, "log", "dynamodb-log");
  createArchive(cloud, "other", "default");
  cloud.put("dynamodb-log", R"({"n":1})");
  cloud.put("default", R"({"n":2})");
  EXPECT_EQ(cloud.archived().size(), 1u);
  EXPECT_EQ(eventCount(cloud, "log"), 1);
  EXPECT_EQ(eventCount(cloud, "other"), 1);
}

TEST(Archives, ForgetWhatIsOlderThanTheirRetention) {
  EventCloud cloud;
  createArchive(cloud, "day", "default", "", 1);
  createArchive(cloud, "week", "default", "", 7);
  cloud.put("default", R"({"n":1})");
  cloud.clock().move(std::chrono::hours(20));
  cloud.put("default", R"({"n":2})");
  EXPECT_EQ(eventCount(cloud, "day"), 2);
  cloud.clock().move(std::chrono::hours(5));
  EXPECT_EQ(eventCount(cloud, "day"), 1);
  ArchiveFile& file = cloud.archive().file();
  const auto idOf = [&](const char* name) {
    return cloud.archiveContext().archives.get(*cloud.store().snapshot(), name).id;
  };
  EXPECT_EQ(file.keptSize({idOf("day"), {}, {}}).events, 2u);  // until the sweep
  EXPECT_GT(sweepArchives(cloud.archiveContext()), cloud.clock().runningTime());
  EXPECT_EQ(file.keptSize({idOf("day"), {}, {}}).events, 1u);
  EXPECT_EQ(eventCount(cloud, "week"), 2);
  // Still whole: the other archive keeps it.
  EXPECT_EQ(numbers({{"", file.keptPage({idOf("week"), {}, {}}, std::nullopt, 1).events.at(0).event}}),
            std::vector<std::int64_t>{1});
  const std::int64_t deleted = idOf("week");
  cloud.ask("DeleteArchive", R"({"ArchiveName":"week"})");
  sweepArchives(cloud.archiveContext());
  EXPECT_EQ(file.keptSize({deleted, {}, {}}).events, 0u);
  EXPECT_THAT(file.keepers(), ElementsAre(idOf("day")));
}

TEST(Replays, SendTheEventsOfTheRangeInTheirOrder) {
  EventCloud cloud;
  cloud.start();
  cloud.route("default", "all", R"({"source":["test"]})");
  createArchive(cloud, "a", "default");
  for (int n = 0; n < 250; ++n) {
    cloud.put("default", "{\"n\":" + std::to_string(n) + "}");
    cloud.clock().move(std::chrono::seconds(1));
  }
  cloud.deliveries().take();
  json::object request = replayRequest("r", "a", "default");
  const std::int64_t first = 1'767'225'600;  // the clock's start
  request["EventStartTime"] = first + 10;
  request["EventEndTime"] = first + 229;
  startReplay(cloud, request);
  ASSERT_TRUE(reaches(cloud, "r", "COMPLETED"));
  const auto deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 220u);
  const auto sent = numbers(deliveries);
  EXPECT_TRUE(std::is_sorted(sent.begin(), sent.end()));
  EXPECT_EQ(sent.front(), 10);
  EXPECT_EQ(parseJson(deliveries[0].body.text()).at("replay-name").as_string(), "r");
  const json::value described = describe(cloud, "r");
  EXPECT_EQ(described.at("EventLastReplayedTime").to_number<double>(), static_cast<double>(first + 229));
  EXPECT_TRUE(described.as_object().contains("ReplayEndTime"));
  EXPECT_EQ(eventCount(cloud, "a"), 250);  // replayed events are not archived again
}

TEST(Replays, SendToTheRulesOfFilterArnsOnly) {
  EventCloud cloud;
  cloud.start();
  cloud.route("default", "one", R"({"source":["test"]})");
  cloud.route("default", "two", R"({"source":["test"]})");
  createArchive(cloud, "a", "default");
  cloud.put("default", R"({"n":1})");
  cloud.deliveries().take();
  startReplay(cloud, replayRequest("r", "a", "default", {kPrefix + std::string("rule/two")}));
  ASSERT_TRUE(reaches(cloud, "r", "COMPLETED"));
  const auto deliveries = cloud.deliveries().take();
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_THAT(deliveries[0].recipient_arn, HasSubstr(":two"));
}

TEST(Replays, OfNothingCompleteWithoutALastTime) {
  EventCloud cloud;
  cloud.start();
  createArchive(cloud, "a", "default");
  startReplay(cloud, replayRequest("r", "a", "default"));
  ASSERT_TRUE(reaches(cloud, "r", "COMPLETED"));
  EXPECT_FALSE(describe(cloud, "r").as_object().contains("EventLastReplayedTime"));
}

TEST(Replays, GoOnWhereTheyWereAfterARestart) {
  TemporaryDirectory directory;
  std::size_t before = 0;
  {
    EventCloud cloud(directory.path());
    cloud.route("default", "all", R"({"source":["test"]})");
    createArchive(cloud, "a", "default");
    for (int n = 0; n < 1000; ++n) cloud.put("default", "{\"n\":" + std::to_string(n) + "}");
    cloud.deliveries().take();
    startReplay(cloud, replayRequest("r", "a", "default"));
    cloud.start();
    ASSERT_TRUE(EventCloud::until([&] { return cloud.deliveries().count() > 0; }));
    cloud.stop();
    before = cloud.deliveries().count();
  }
  EventCloud cloud(directory.path());
  cloud.start();
  ASSERT_TRUE(reaches(cloud, "r", "COMPLETED"));
  EXPECT_EQ(before + cloud.deliveries().count(), 1000u);
}

TEST(Replays, CanBeCancelledAndFailWithoutTheirArchive) {
  EventCloud cloud;
  createArchive(cloud, "a", "default");
  startReplay(cloud, replayRequest("r", "a", "default"));
  EXPECT_EQ(cloud.ask("CancelReplay", R"({"ReplayName":"r"})").at("State").as_string(), "CANCELLING");
  EXPECT_EQ(cloud.call("CancelReplay", R"({"ReplayName":"r"})").error, "IllegalStatusException");
  startReplay(cloud, replayRequest("lost", "a", "default"));
  cloud.ask("DeleteArchive", R"({"ArchiveName":"a"})");
  createArchive(cloud, "a", "default");
  cloud.start();
  ASSERT_TRUE(reaches(cloud, "r", "CANCELLED"));
  ASSERT_TRUE(reaches(cloud, "lost", "FAILED"));
  EXPECT_EQ(describe(cloud, "lost").at("StateReason").as_string(), "Archive a does not exist.");
  EXPECT_TRUE(cloud.settles());
}

TEST(Replays, AreTenAtMostAndKeepTheirNamesForNinetyDays) {
  EventCloud cloud;
  createArchive(cloud, "a", "default");
  for (int i = 0; i < 10; ++i) startReplay(cloud, replayRequest("r" + std::to_string(i), "a", "default"));
  EXPECT_EQ(cloud.call("StartReplay", json::serialize(replayRequest("r10", "a", "default"))).message,
            "The requested resource exceeds the maximum number allowed.");
  cloud.start();
  ASSERT_TRUE(reaches(cloud, "r9", "COMPLETED"));
  EXPECT_EQ(cloud.call("StartReplay", json::serialize(replayRequest("r9", "a", "default"))).message,
            "Replay r9 already exists.");
  cloud.clock().move(std::chrono::days(91));
  startReplay(cloud, replayRequest("r10", "a", "default"));
  ASSERT_TRUE(reaches(cloud, "r10", "COMPLETED"));
  EXPECT_EQ(cloud.ask("ListReplays", "{}").at("Replays").as_array().size(), 1u);
}

// A recipient that takes much and handles nothing until it is told to.
class SlowRecipient : public rpc::Recipient {
 public:
  bool accepts(std::string_view arn) const override { return arn.find(":sqs:") != std::string::npos; }
  std::optional<rpc::DeliveryFailure> deliver(Transaction&, const rpc::Message&) override {
    ++taken_;
    return std::nullopt;
  }
  std::size_t pending(const Reader&, std::size_t limit) const override {
    ++looks_;
    return std::min<std::size_t>(limit, taken_ - handled_count_);
  }
  CommitNotifier* handled() override { return &handled_; }
  void handle(std::size_t number) {
    handled_count_ += number;
    handled_.notify();
  }
  void handleAll() {
    handled_count_ = taken_.load();
    handled_.notify();
  }
  std::uint64_t handledCount() const override { return handled_count_; }
  std::size_t taken() const { return taken_; }
  int looks() const { return looks_; }

 private:
  CommitNotifier handled_;
  std::atomic<std::size_t> taken_ = 0;
  std::atomic<std::size_t> handled_count_ = 0;
  mutable std::atomic<int> looks_ = 0;  // at what waits
};

TEST(Replays, WaitWhileTooManyDeliveriesWait) {
  SlowRecipient slow;
  EventCloud cloud;
  cloud.addRecipient(slow);
  createArchive(cloud, "a", "default");
  for (int n = 0; n < 500; ++n) {
    json::array entries;
    for (int i = 0; i < 10; ++i) {
      entries.push_back(json::object{{"Source", "test"}, {"DetailType", "t"}, {"Detail", "{}"}});
    }
    cloud.ask("PutEvents", json::serialize(json::object{{"Entries", std::move(entries)}}));
  }
  cloud.ask("PutRule", R"({"Name":"slow","EventPattern":"{\"source\":[\"test\"]}"})");
  cloud.ask("PutTargets", R"({"Rule":"slow","Targets":[{"Id":"q","Arn":"arn:aws:sqs:us-east-1:000000000000:queue"}]})");
  cloud.start();
  startReplay(cloud, replayRequest("r", "a", "default"));
  ASSERT_TRUE(EventCloud::until([&] { return slow.taken() >= limits::kReplayPending; }));
  EXPECT_LE(slow.taken(), limits::kReplayPending + limits::kReplayedAtATime);
  EXPECT_EQ(stateOf(cloud, "r"), "RUNNING");
  EXPECT_TRUE(EventCloud::until([&] {
    slow.handleAll();
    return stateOf(cloud, "r") == "COMPLETED";
  }));
  EXPECT_EQ(slow.taken(), 5000u);
  EXPECT_LT(slow.looks(), 5000 / static_cast<int>(limits::kReplayedAtATime)) << "not for each page";
}

TEST(Replays, LookAgainAfterASecondWhenFewDeliveriesEnd) {
  SlowRecipient slow;
  EventCloud cloud;
  cloud.addRecipient(slow);
  createArchive(cloud, "a", "default");
  for (std::size_t n = 0; n < limits::kReplayPending + 500; ++n) cloud.put("default", "{}");
  cloud.ask("PutRule", R"({"Name":"slow","EventPattern":"{\"source\":[\"test\"]}"})");
  cloud.ask("PutTargets", R"({"Rule":"slow","Targets":[{"Id":"q","Arn":"arn:aws:sqs:us-east-1:000000000000:queue"}]})");
  cloud.start();
  startReplay(cloud, replayRequest("r", "a", "default"));
  ASSERT_TRUE(EventCloud::until([&] { return slow.taken() >= limits::kReplayPending; }));
  ASSERT_TRUE(cloud.settles());
  const std::size_t taken = slow.taken();
  slow.handle(limits::kReplayLooksAgain / 2);
  cloud.clock().move(std::chrono::seconds(1));
  EXPECT_TRUE(EventCloud::until([&] { return slow.taken() > taken; }));
}

TEST(Replays, DoNotSendWhatIsPutAfterTheirStart) {
  EventCloud cloud;
  cloud.route("default", "all", R"({"source":["test"]})");
  createArchive(cloud, "a", "default");
  cloud.put("default", R"({"n":1})");
  startReplay(cloud, replayRequest("r", "a", "default"));  // it ends in 2096
  cloud.clock().move(std::chrono::seconds(1));
  cloud.put("default", R"({"n":2})");
  cloud.deliveries().take();
  cloud.start();
  ASSERT_TRUE(reaches(cloud, "r", "COMPLETED"));
  EXPECT_THAT(numbers(cloud.deliveries().take()), ElementsAre(1));
  EXPECT_EQ(describe(cloud, "r").at("EventEndTime").to_number<double>(), 4'000'000'000);
}

// What an archive of the API keeps of other buses than the application's cannot be read any more; the rest can.
void damage(const std::filesystem::path& archive) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(archive.c_str(), &database), SQLITE_OK);
  sqlite3_busy_timeout(database, 10'000);
  EXPECT_EQ(sqlite3_exec(database, "ALTER TABLE kept_events RENAME COLUMN event TO gone", nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
}

TEST(Replays, OfAnArchiveThatCannotBeReadFailAndOthersGoOn) {
  TemporaryDirectory directory;
  EventCloud cloud(directory.path());
  createArchive(cloud, "bad", "default");
  cloud.put("default", R"({"n":1})");
  cloud.route("dynamodb-log", "all", R"({"source":["test"]})");
  for (int n = 0; n < 500; ++n) cloud.put("dynamodb-log", "{\"n\":" + std::to_string(n) + "}");
  ASSERT_TRUE(cloud.archive().drain());
  cloud.deliveries().take();
  damage(directory.path() / "archive.sqlite");
  startReplay(cloud, replayRequest("a-first", "bad", "default"));
  ASSERT_EQ(cloud.post("/_local/replays", R"({"ReplayName":"b-second","EventBusName":"dynamodb-log"})").error, "");
  cloud.start();
  ASSERT_TRUE(reaches(cloud, "b-second", "COMPLETED"));  // the clock stands still: the first one waits
  EXPECT_EQ(cloud.deliveries().count(), 500u);
  EXPECT_EQ(stateOf(cloud, "a-first"), "RUNNING");
  for (int second = 0; second < 2; ++second) {
    ASSERT_TRUE(cloud.settles());
    EXPECT_EQ(stateOf(cloud, "a-first"), "RUNNING");
    cloud.clock().move(std::chrono::seconds(1));
  }
  ASSERT_TRUE(reaches(cloud, "a-first", "FAILED"));
  EXPECT_THAT(std::string(describe(cloud, "a-first").at("StateReason").as_string()),
              testing::AllOf(HasSubstr("The archive cannot be read: "), HasSubstr("no such column")));
  EXPECT_TRUE(cloud.settles());
}

TEST(LocalReplays, ReadTheArchiveFileByLogAndType) {
  EventCloud cloud;
  cloud.start();
  cloud.route("dynamodb-log", "all", R"({"source":["test"]})");
  cloud.route("dynamodb-log", "other", R"({"source":["test"]})");
  for (const char* detail : {R"({"n":1,"log":"users","type":"signup"})", R"({"n":2,"log":"users","type":"leave"})",
                             R"({"n":3,"log":"orders","type":"signup"})", R"({"n":4})"}) {
    cloud.put("dynamodb-log", detail);
  }
  cloud.deliveries().take();
  const auto replay = [&](const std::string& name, const std::string& more) {
    const Answered answered =
        cloud.post("/_local/replays", R"({"ReplayName":")" + name + R"(","EventBusName":"dynamodb-log")" + more + "}");
    EXPECT_EQ(answered.error, "") << answered.message;
    EXPECT_TRUE(reaches(cloud, name, "COMPLETED"));
    return numbers(cloud.deliveries().take());
  };
  EXPECT_THAT(replay("r1", R"(,"Rules":["all"])"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(replay("r2", R"(,"Rules":["all"],"Logs":["users"])"), ElementsAre(1, 2));
  EXPECT_THAT(replay("r3", R"(,"Rules":["other"],"Logs":["users","orders"],"Types":["signup"])"), ElementsAre(1, 3));
  EXPECT_THAT(replay("r4", R"(,"EventEndTime":1)"), testing::IsEmpty());
  EXPECT_EQ(replay("r5", "").size(), 8u);
  EXPECT_EQ(json::serialize(cloud.localReplay("r2")),
            R"({"ReplayName":"r2","State":"COMPLETED","Total":2,"Replayed":2,"Skipped":0,"Rules":[]})");
  const std::string source = kPrefix + std::string("event-bus/dynamodb-log");
  EXPECT_EQ(describe(cloud, "r2").at("EventSourceArn").as_string(), source);
  EXPECT_EQ(cloud.ask("ListReplays", R"({"EventSourceArn":")" + source + "\"}").at("Replays").as_array().size(), 5u);
}

TEST(LocalReplays, ReadAnArchiveOfTheApiByLogAndType) {
  EventCloud cloud;
  cloud.start();
  cloud.route("default", "all", R"({"source":["test"]})");
  createArchive(cloud, "a", "default");
  for (int n = 0; n < 250; ++n) cloud.put("default", R"({"n":0,"log":"users","type":"signup"})");
  cloud.put("default", R"({"n":1,"log":"orders","type":"signup"})");
  cloud.deliveries().take();
  ASSERT_EQ(cloud.post("/_local/replays", R"({"ReplayName":"r","ArchiveName":"a","Logs":["orders"]})").error, "");
  ASSERT_TRUE(reaches(cloud, "r", "COMPLETED"));
  EXPECT_THAT(numbers(cloud.deliveries().take()), ElementsAre(1));
}

TEST(LocalReplays, CanOnlyCount) {
  EventCloud cloud;
  cloud.start();
  cloud.route("dynamodb-log", "all", R"({"source":["test"]})");
  cloud.route("dynamodb-log", "two", R"({"detail":{"n":[2]}})");
  cloud.route("dynamodb-log", "none", R"({"detail":{"n":[4]}})");
  cloud.ask("PutRule",
            R"({"Name":"without-targets","EventBusName":"dynamodb-log","EventPattern":"{\"source\":[\"test\"]}"})");
  for (int n = 1; n <= 3; ++n) cloud.put("dynamodb-log", "{\"n\":" + std::to_string(n) + "}");
  cloud.deliveries().take();
  const char* counting = R"({"ReplayName":"r1","EventBusName":"dynamodb-log","CountsOnly":true})";
  ASSERT_EQ(cloud.post("/_local/replays", counting).error, "");
  ASSERT_TRUE(reaches(cloud, "r1", "COMPLETED"));
  EXPECT_EQ(json::serialize(cloud.localReplay("r1").at("Rules")),
            R"([{"Name":"all","Events":3},{"Name":"none","Events":0},{"Name":"two","Events":1},)"
            R"({"Name":"without-targets","Events":3}])");
  EXPECT_EQ(cloud.deliveries().count(), 0u);
  EXPECT_EQ(json::serialize(cloud.ask("ListReplays", "{}")), R"({"Replays":[]})");
  // Another start leaves it to who asked for it, for a minute.
  ASSERT_EQ(cloud.post("/_local/replays", R"({"ReplayName":"r2","EventBusName":"dynamodb-log"})").error, "");
  EXPECT_EQ(cloud.localReplay("r1").at("State").as_string(), "COMPLETED");
  cloud.clock().move(std::chrono::seconds(61));
  ASSERT_EQ(cloud.post("/_local/replays", R"({"ReplayName":"r1","EventBusName":"dynamodb-log"})").error, "");
}

// How long a replay of so many events takes.
Duration durationAtRate(int events, int rate) {
  EventCloud cloud;
  cloud.start();
  cloud.route("dynamodb-log", "all", R"({"source":["test"]})");
  for (int n = 0; n < events; ++n) cloud.put("dynamodb-log", "{\"n\":" + std::to_string(n) + "}");
  cloud.deliveries().take();
  const std::string body =
      R"({"ReplayName":"r","EventBusName":"dynamodb-log","EventsPerSecond":)" + std::to_string(rate) + "}";
  EXPECT_EQ(cloud.post("/_local/replays", body).error, "");
  const RunningTime begin = cloud.clock().runningTime();
  while (stateOf(cloud, "r") != "COMPLETED") {
    EXPECT_TRUE(cloud.settles());
    const RunningTime next = cloud.service().activity().next_due;
    if (next == RunningTime::max()) break;
    cloud.clock().move(next - cloud.clock().runningTime());
  }
  EXPECT_EQ(cloud.deliveries().count(), static_cast<std::size_t>(events));
  return cloud.clock().runningTime() - begin;
}

TEST(LocalReplays, KeepToTheirRate) {
  EXPECT_EQ(durationAtRate(50, 20), Duration(2500));
  EXPECT_EQ(durationAtRate(3, 3), Duration(3 * 334));       // never faster
  EXPECT_EQ(durationAtRate(600, 3000), Duration(2 * 100));  // in larger pieces
}

TEST(LocalReplays, RefuseWhatCannotBe) {
  EventCloud cloud;
  cloud.ask("CreateEventBus", R"({"Name":"b"})");
  createArchive(cloud, "a", "b");
  const auto refusal = [&](const char* body) { return cloud.post("/_local/replays", body).message; };
  EXPECT_EQ(refusal(R"({"ReplayName":"r","EventBusName":"none"})"), "Event bus none does not exist.");
  EXPECT_EQ(refusal(R"({"ReplayName":"r","Rules":["none"]})"), "Rule none does not exist on EventBus default.");
  EXPECT_EQ(refusal(R"({"ReplayName":"r","ArchiveName":"none"})"), "Archive none does not exist.");
  EXPECT_EQ(refusal(R"({"ReplayName":"r","ArchiveName":"a"})"), "Archive a is of the bus b.");
  EXPECT_EQ(refusal(R"({"ReplayName":"r","EventStartTime":2,"EventEndTime":1})"),
            "EventStartTime must be before EventEndTime.");
}

}  // namespace
}  // namespace ddblog::eventbridge
