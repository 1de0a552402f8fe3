// Subscriptions: at least once, each stream in order, nothing missed, over restarts and in groups.
#include "ddblog/subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "unit/clients/cpp/group_members.h"

namespace ddblog {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class SubscriptionTest : public testing::Test {
 protected:
  Tables tables;
  Member writer{tables};  // only its log is used
  EventLog& log = writer.log();
};

std::vector<std::uint64_t> versionsOf(const Member& member, const std::string& id) {
  std::vector<std::uint64_t> versions;
  for (const auto& [of, version] : member.handled) {
    if (of == id) versions.push_back(version);
  }
  return versions;
}

MemberTransport::Before notSent() {
  return [](json::object&) { throw NotReachable("nobody is there"); };
}

MemberTransport::Before pageOfOne() {
  return [](json::object& request) { request["Limit"] = 1; };
}

TEST_F(SubscriptionTest, BringsWhatIsThereAndWhatComes) {
  append(log, "1", 3);
  append(log, "2");
  Member member(tables);
  EXPECT_THAT(member.read(), UnorderedElementsAre(Pair("1", 1), Pair("1", 2), Pair("1", 3), Pair("2", 1)));
  append(log, "1");
  append(log, "3", 2);
  member.handled.clear();
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 4), Pair("3", 1), Pair("3", 2)));
  member.handled.clear();
  EXPECT_THAT(member.read(), IsEmpty());
}

TEST_F(SubscriptionTest, GoesOnAfterARestart) {
  append(log, "1", 3);
  Member first(tables);
  first.read();
  append(log, "1");
  first.read();
  first.leave();
  append(log, "1", 2);
  Member second(tables);
  EXPECT_THAT(second.read(), ElementsAre(Pair("1", 5), Pair("1", 6)));
}

TEST_F(SubscriptionTest, MissesNothingBetweenTheScanAndTheStream) {
  append(log, "1", 2);
  Member member(tables);
  member.also = [&](const Event& event) {
    if (event.version == 2) append(log, "1");
  };
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 1), Pair("1", 2), Pair("1", 3)));
}

TEST_F(SubscriptionTest, ThatBeginsWithNewEventsDoesNotScan) {
  append(log, "1", 2);
  Member member(tables, nullptr, {.group = "mails", .only_new = true});
  EXPECT_THAT(member.read(), IsEmpty());
  append(log, "1");
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 3)));
}

TEST_F(SubscriptionTest, ReplacesAConsumerThatEndsWithoutAWord) {
  append(log, "1", 2);
  Member dead(tables);
  dead.read();
  append(log, "1");
  Member heir(tables);
  EXPECT_THAT(heir.read(), IsEmpty());
  EXPECT_THAT(heir.later(20s).read(), IsEmpty());
  EXPECT_THAT(heir.later(20s).read(), ElementsAre(Pair("1", 3)));
  // The dead one was only slow: it sees that it has lost its shard.
  append(log, "1");
  EXPECT_THAT(dead.later(60s).read(), SizeIs(2));
  EXPECT_THAT(heir.later(11s).read(), ElementsAre(Pair("1", 3), Pair("1", 4)));
}

TEST_F(SubscriptionTest, GoesOnWithTheScanOfADeadConsumer) {
  append(log, "1", 3);
  Member dead(tables);
  for (int page = 0; page < 3; ++page) dead.transport().before("Scan", pageOfOne());
  for (int round = 0; round < 3; ++round) dead.subscription().runOnce();  // the positions, and two pages
  EXPECT_THAT(dead.handled, ElementsAre(Pair("1", 1), Pair("1", 2)));
  Member heir(tables);
  heir.read();
  EXPECT_THAT(heir.later(31s).read(), ElementsAre(Pair("1", 3)));
}

TEST_F(SubscriptionTest, OfAnotherGroupHasItsOwnPosition) {
  append(log, "1");
  Member mails(tables), reports(tables, nullptr, {.group = "reports"});
  EXPECT_THAT(mails.read(), SizeIs(1));
  EXPECT_THAT(reports.read(), SizeIs(1));
}

TEST_F(SubscriptionTest, HasHandlersByType) {
  log.appendAll("users", "1", {{"signup", "{}"}, {"rename", "{}"}, {"leave", "{}"}}, Expected::none());
  std::vector<std::string> seen;
  Subscription subscription(log, {.group = "by type"});
  for (const char* type : {"signup", "leave"}) {
    subscription.on(type, [&](const Event& event) { seen.push_back(event.type); });
  }
  while (subscription.runOnce()) continue;
  EXPECT_THAT(seen, ElementsAre("signup", "leave"));
}

TEST_F(SubscriptionTest, HandlesTheLogsThatItNames) {
  log.append("users", "1", {"signup", "{}"}, Expected::none());
  log.append("orders", "2", {"placed", "{}"}, Expected::none());
  Member member(tables, nullptr, {.group = "mails", .logs = {"orders"}});
  EXPECT_THAT(member.read(), ElementsAre(Pair("2", 1)));
}

TEST_F(SubscriptionTest, RefusesOptionsThatMakeNoSense) {
  const auto limitOf = [&](const SubscriptionOptions& options) {
    try {
      Subscription subscription(log, options);
    } catch (const InvalidArgument& invalid) {
      return invalid.limit();
    }
    return std::string("none");
  };
  EXPECT_EQ(limitOf({.group = ""}), "group");
  EXPECT_EQ(limitOf({.group = "mails", .attempts = 0}), "attempts");
  EXPECT_EQ(limitOf({.group = "mails", .lease_duration = 0ms}), "leaseDuration");
  EventLog other(std::make_shared<MemberTransport>(tables, nullptr), "a-table");
  EXPECT_THROW(Subscription(other, {.group = "mails"}), InvalidArgument);
}

TEST_F(SubscriptionTest, SaysThatATableHasNoStream) {
  tables.switchStream(false);
  Member member(tables);
  member.time().on_pause = [&] { member.subscription().stop(); };
  EXPECT_THROW(member.subscription().run(), ConfigurationError);
}

// --- parking ---

TEST_F(SubscriptionTest, ParksAnEventThatFailsAndThoseBehindIt) {
  append(log, "1", 3);
  append(log, "2", 2);
  Member member(tables);
  member.fails = {{"1", 2}};
  member.read();
  EXPECT_THAT(versionsOf(member, "1"), ElementsAre(1));
  EXPECT_THAT(versionsOf(member, "2"), ElementsAre(1, 2));
  const std::vector<ParkedEvent> parked = member.subscription().parked();
  ASSERT_THAT(parked, SizeIs(2));
  EXPECT_EQ(parked[0].id, "1");
  EXPECT_EQ(parked[0].version, 2u);
  EXPECT_EQ(parked[0].attempts, 3);
  EXPECT_EQ(parked[0].type, "signup");
  EXPECT_EQ(parked[0].error, "runtime_error: cannot handle 1/2");
  EXPECT_EQ(parked[0].parked_at, "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(parked[1].version, 3u);
  EXPECT_EQ(parked[1].attempts, 0);
  EXPECT_THAT(member.notices.back(), HasSubstr("An event is parked, attempt 3: users#1#stream version 2"));
  append(log, "1");
  member.read();
  EXPECT_THAT(member.parkedVersions(), ElementsAre(2, 3, 4));
}

TEST_F(SubscriptionTest, HandlesParkedEventsAgainInOrder) {
  append(log, "1", 3);
  Member member(tables);
  member.fails = {{"1", 1}};
  member.read();
  EXPECT_EQ(member.subscription().retryParked().failed, 1u);
  EXPECT_EQ(member.subscription().parked()[0].attempts, 4);
  member.fails = {{"1", 3}};
  EXPECT_EQ(member.subscription().retryParked("users", "1").handled, 2u);
  EXPECT_THAT(member.parkedVersions(), ElementsAre(3));
  member.fails.clear();
  EXPECT_EQ(member.subscription().retryParked("orders").handled, 0u);
  EXPECT_EQ(member.subscription().retryParked().handled, 1u);
  EXPECT_THAT(member.handled, ElementsAre(Pair("1", 1), Pair("1", 2), Pair("1", 3)));
  append(log, "1");
  member.handled.clear();
  EXPECT_THAT(member.later(11s).read(), ElementsAre(Pair("1", 4)));
}

TEST_F(SubscriptionTest, CallsAHandlerThatFailsOnceAgain) {
  append(log, "1", 2);
  Member member(tables);
  member.fails = {{"1", 1}};
  member.time().on_pause = [&] { member.fails.clear(); };
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 1), Pair("1", 2)));
  EXPECT_THAT(member.subscription().parked(), IsEmpty());
  EXPECT_THAT(member.time().pauses, ElementsAre(100ms));
}

TEST_F(SubscriptionTest, ParksNothingIfItIsStoppedDuringTheRetries) {
  append(log, "1");
  Member member(tables);
  member.fails = {{"1", 1}};
  member.time().on_pause = [&] { member.subscription().stop(); };
  member.read();
  member.leave();
  EXPECT_THAT(member.subscription().parked(), IsEmpty());
  Member next(tables);
  EXPECT_THAT(next.read(), ElementsAre(Pair("1", 1)));
}

TEST_F(SubscriptionTest, ParksBehindWhatAnotherConsumerHasParked) {
  append(log, "1", 2);
  Member first(tables);
  first.fails = {{"1", 1}};
  first.read();
  first.leave();
  append(log, "1");
  Member second(tables);
  EXPECT_THAT(second.read(), IsEmpty());
  EXPECT_THAT(second.parkedVersions(), ElementsAre(1, 2, 3));
}

// A consumer that has taken a shard must know what is parked before it reads.
TEST_F(SubscriptionTest, AsksAgainWhatIsParkedIfNobodyAnswers) {
  append(log, "1", 2);
  Member first(tables);
  first.fails = {{"1", 1}};
  first.read();
  first.leave();
  append(log, "1");
  Member second(tables);
  second.transport().before("Query", [](json::object&) {});  // of the leases
  second.transport().before("Query", notSent());             // of the parked events
  EXPECT_THROW(second.subscription().runOnce(), NotReachable);
  EXPECT_THAT(second.read(), IsEmpty());
  EXPECT_THAT(second.parkedVersions(), ElementsAre(1, 2, 3));
}

TEST_F(SubscriptionTest, IsNotHeldUpByWhatAnotherProgramHasRetried) {
  append(log, "1");
  Member member(tables);
  member.fails = {{"1", 1}};
  member.read();
  EXPECT_EQ(Member(tables).subscription().retryParked().handled, 1u);
  append(log, "1");
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 2)));
  EXPECT_THAT(member.subscription().parked(), IsEmpty());
}

TEST_F(SubscriptionTest, TellsStreamsWithSimilarNamesApart) {
  for (const char* id : {"1", "1#stream#2"}) append(log, id);
  Member member(tables);
  member.fails = {{"1", 1}, {"1#stream#2", 1}};
  member.read();
  EXPECT_EQ(Member(tables).subscription().retryParked("users", "1").handled, 1u);
  for (const char* id : {"1", "1#stream#2"}) append(log, id);
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 2)));
}

TEST_F(SubscriptionTest, ParksAStreamWhoseKeyIsLongerThanASortKey) {
  std::string id;
  for (int i = 0; i < 700; ++i) id += "å";
  append(log, id, 2);
  append(log, id + "x", 2);
  Member member(tables);
  member.fails = {{id, 1}, {id + "x", 1}};
  member.read();
  EXPECT_THAT(member.subscription().parked(), SizeIs(4));
  EXPECT_EQ(Member(tables).subscription().retryParked("users", id).handled, 2u);
  append(log, id);
  append(log, id + "x");
  EXPECT_THAT(member.read(), ElementsAre(Pair(id, 3)));
}

TEST_F(SubscriptionTest, ParksAnEventThatItCannotRead) {
  Schema schema;
  schema.upcasters["old"] = {
      [](const std::string&, const Event&) -> std::string { throw std::runtime_error("not what it should be"); }};
  log.append("users", "1", {"old", "{}"}, Expected::none());
  append(log, "2");
  Member member(tables, nullptr, {.group = "mails"}, schema);
  EXPECT_THAT(member.read(), ElementsAre(Pair("2", 1)));
  ASSERT_THAT(member.subscription().parked(), SizeIs(1));
  EXPECT_EQ(member.subscription().parked()[0].type, "old");
  EXPECT_THAT(member.subscription().parked()[0].error, HasSubstr("not what it should be"));
}

TEST_F(SubscriptionTest, ParksAnItemThatHasTheKeyOfAnEventButIsNone) {
  tables.put(Tables::kLog, R"({"pk":{"S":"users#1#stream"},"sk":{"N":"1"},"type":{"S":"signup"},"log":{"S":"users"}})");
  tables.store("1", 2);
  Member member(tables);
  EXPECT_THAT(member.read(), IsEmpty());
  EXPECT_THAT(member.parkedVersions(), ElementsAre(1, 2));
  EXPECT_THAT(member.subscription().parked()[0].error, HasSubstr("payload"));
  EXPECT_EQ(member.subscription().retryParked().handled, 0u);
}

TEST_F(SubscriptionTest, SharesParkedEventsWithTheOtherLanguages) {
  append(log, "1");
  tables.put(Tables::kCore,
             R"({"pk":{"S":"subscription#mails"},"sk":{"S":"parked#users#1#stream#0000000000000001"},)"
             R"("stream":{"S":"users#1#stream"},"version":{"N":"1"},"error":{"S":"Error: no"},"attempts":{"N":"5"},)"
             R"("parkedAt":{"S":"2026-11-28T12:00:00.000Z"}})");
  Member member(tables);
  ASSERT_THAT(member.subscription().parked(), SizeIs(1));
  EXPECT_EQ(member.subscription().parked()[0].log, "users");
  EXPECT_EQ(member.subscription().parked()[0].attempts, 5);
  member.fails = {{"1", 1}};
  member.subscription().retryParked();
  const json::object item = tables.get(
      Tables::kCore, R"({"pk":{"S":"subscription#mails"},"sk":{"S":"parked#users#1#stream#0000000000000001"}})");
  EXPECT_EQ(json::serialize(item.at("attempts")), R"({"N":"6"})");
  EXPECT_EQ(json::serialize(item.at("id")), R"({"S":"1"})");
  EXPECT_EQ(json::serialize(item.at("log")), R"({"S":"users"})");
}

// --- services that do not answer ---

TEST_F(SubscriptionTest, WaitsForAServiceThatDoesNotAnswer) {
  append(log, "1");
  Member member(tables);
  for (int i = 0; i < 2; ++i) member.transport().before("Scan", notSent());
  member.also = [&](const Event&) { member.subscription().stop(); };
  member.subscription().run();
  EXPECT_THAT(member.handled, ElementsAre(Pair("1", 1)));
  EXPECT_EQ(std::ranges::count(member.time().pauses, 1000ms), 2);
}

TEST_F(SubscriptionTest, WaitsIfTooManyReadAShard) {
  append(log, "1");
  Member member(tables);
  member.transport().before("GetRecords",
                            [](json::object&) { throw ServiceError("LimitExceededException", "too many", 400); });
  member.also = [&](const Event&) { member.subscription().stop(); };
  member.subscription().run();
  EXPECT_THAT(member.handled, ElementsAre(Pair("1", 1)));
}

TEST_F(SubscriptionTest, EndsWithAnErrorThatDoesNotPass) {
  Member member(tables);
  member.transport().before("Scan", [](json::object&) { throw ServiceError("AccessDeniedException", "no", 400); });
  EXPECT_THROW(member.subscription().run(), ServiceError);
}

TEST_F(SubscriptionTest, GivesItsLeasesBackWhenItIsStopped) {
  append(log, "1");
  Member first(tables);
  first.read();
  append(log, "1");
  first.leave();
  Member second(tables);  // need not wait until the lease runs out
  EXPECT_THAT(second.read(), ElementsAre(Pair("1", 2)));
}

TEST_F(SubscriptionTest, RunsUntilAStopIsRequested) {
  append(log, "1", 2);
  EventLog own(std::make_shared<MemberTransport>(tables, nullptr), Tables::kLog);  // with the machine's time
  Subscription subscription(own, {.group = "mails", .idle_pause = 1ms});
  std::atomic<int> handled = 0;
  std::stop_source stop;
  subscription.onAny([&](const Event&) {
    if (++handled == 3) stop.request_stop();
  });
  std::thread thread([&] { subscription.run(stop.get_token()); });
  append(log, "2");
  thread.join();
  EXPECT_EQ(handled, 3);
}

}  // namespace
}  // namespace ddblog
