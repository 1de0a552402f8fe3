// Groups whose consumers meet, fail, sleep or change, on streams whose shards the test decides on: nothing
// is missed, and each stream stays in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json_fields.h"
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

constexpr std::chrono::hours kDayAndAnHour{25};

class SubscriptionGroupTest : public testing::Test {
 protected:
  Tables tables;
};

// The last events that were handled.
EventsSeen lastOf(const Member& member, std::size_t count) {
  return {member.handled.end() - static_cast<std::ptrdiff_t>(std::min(count, member.handled.size())),
          member.handled.end()};
}

TEST_F(SubscriptionGroupTest, SharesTheShardsEvenly) {
  FakeShards shards({"a", "b", "c", "d"});
  Member first(tables, &shards), second(tables, &shards);
  first.read();
  for (int i = 0; i < 4; ++i) {
    first.later(11s).read();
    second.later(11s).read();
  }
  for (const char* shard : {"a", "b", "c", "d"}) shards.append(shard, tables.store(shard, 1));
  EXPECT_THAT(first.read(), SizeIs(2));
  EXPECT_THAT(second.read(), SizeIs(2));
  // Who leaves gives back what it has at once.
  second.leave();
  for (const char* shard : {"a", "b", "c", "d"}) shards.append(shard, tables.store(shard, 2));
  first.later(11s).read();
  EXPECT_THAT(lastOf(first, 4), UnorderedElementsAre(Pair("a", 2), Pair("b", 2), Pair("c", 2), Pair("d", 2)));
}

TEST_F(SubscriptionGroupTest, ReadsAChildAfterItsParent) {
  FakeShards shards({"b"});
  Member member(tables, &shards);
  member.read();
  shards.split("b", "a");
  shards.append("a", tables.store("1", 2));
  shards.append("b", tables.store("1", 1));
  EXPECT_THAT(member.later(11s).read(), ElementsAre(Pair("1", 1), Pair("1", 2)));
}

TEST_F(SubscriptionGroupTest, ReadsAMissingVersionFromTheTable) {
  FakeShards shards({"a"});
  Member member(tables, &shards);
  member.read();
  shards.append("a", tables.store("1", 1));
  member.read();
  for (const int version : {2, 3}) tables.store("1", version);
  const json::object last = tables.store("1", 4);
  shards.append("a", last);
  shards.append("a", last);
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 1), Pair("1", 2), Pair("1", 3), Pair("1", 4)));
}

TEST_F(SubscriptionGroupTest, ReadsFromTheTableWhatAStreamOfKeysDoesNotHold) {
  FakeShards shards({"a"});
  Member member(tables, &shards);
  member.read();
  for (const int version : {1, 2}) shards.append("a", tables.store("1", version), true);
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 1), Pair("1", 2)));
}

TEST_F(SubscriptionGroupTest, SkipsRecordsFromBeforeTheScan) {
  FakeShards shards({"a", "b"});
  shards.append("a", tables.store("1", 1));
  shards.append("b", tables.store("2", 1));
  shards.split("b", "c");
  Member first(tables, &shards);
  EXPECT_THAT(first.read(), UnorderedElementsAre(Pair("1", 1), Pair("2", 1)));
  first.leave();
  shards.append("c", tables.store("2", 2));
  Member second(tables, &shards);
  EXPECT_THAT(second.read(), ElementsAre(Pair("2", 2)));
}

TEST_F(SubscriptionGroupTest, BeginsACatchUpAgainThatEndedBeforeItsScan) {
  FakeShards shards({"a", "b"});
  for (const char* shard : {"a", "b"}) shards.append(shard, tables.store(shard, 1));
  Member dead(tables, &shards);
  dead.transport().before("GetRecords", [](json::object&) {});
  dead.transport().before("GetRecords", [](json::object&) { throw NotReachable("nobody is there"); });
  EXPECT_THROW(dead.read(), NotReachable);
  Member heir(tables, &shards);
  heir.read();
  EXPECT_THAT(heir.later(31s).read(), UnorderedElementsAre(Pair("a", 1), Pair("b", 1)));
}

// The second consumer takes over while the first one looks where the shards end.
TEST_F(SubscriptionGroupTest, HasOneConsumerThatSavesThePositions) {
  FakeShards shards({"a"});
  for (const char* id : {"1", "2"}) shards.append("a", tables.store(id, 1));
  Member first(tables, &shards), second(tables, &shards);
  for (int page = 0; page < 2; ++page) {
    second.transport().before("Scan", [](json::object& request) { request["Limit"] = 1; });
  }
  // The call is sent before the other one comes: it finds the end as it was.
  first.transport().before("TransactWriteItems", [&](json::object&) {
    second.read();
    second.later(31s);
    for (int round = 0; round < 3; ++round) second.subscription().runOnce();  // the positions, and two pages
    ASSERT_THAT(second.handled, SizeIs(2));
    shards.append("a", tables.store(second.handled.front().first, 2));
  });
  first.read();
  second.read();
  second.later(11s).read();
  EXPECT_THAT(lastOf(second, 1), ElementsAre(Pair(second.handled.front().first, 2)));
  EXPECT_THAT(second.handled, SizeIs(3));
}

TEST_F(SubscriptionGroupTest, ReadsTheTableAgainIfRecordsAreTrimmed) {
  FakeShards shards({"a"});
  shards.append("a", tables.store("1", 1));
  Member first(tables, &shards);
  first.read();
  first.leave();
  for (const int version : {2, 3}) shards.append("a", tables.store("1", version));
  shards.trim("a", 3);
  Member later(tables, &shards);
  later.read();
  EXPECT_THAT(later.later(11s).read(), ElementsAre(Pair("1", 1), Pair("1", 2), Pair("1", 3)));
  EXPECT_THAT(later.notices, ElementsAre(HasSubstr("reads the whole table again")));
}

TEST_F(SubscriptionGroupTest, ReadsTheTableAgainIfAnUnreadShardIsGone) {
  FakeShards shards({"a", "b"});
  shards.append("a", tables.store("1", 1));
  Member first(tables, &shards);
  first.read();
  first.leave();
  shards.append("a", tables.store("1", 2));
  shards.remove("a");
  Member later(tables, &shards);
  later.read();
  EXPECT_THAT(later.later(11s).read(), ElementsAre(Pair("1", 1), Pair("1", 2)));
}

class ShardWithoutAPosition : public SubscriptionGroupTest, public testing::WithParamInterface<bool> {};

TEST_P(ShardWithoutAPosition, MayBeTrimmedAfterADay) {
  FakeShards shards({"a"});
  Member first(tables, &shards), second(tables, &shards);
  first.read();
  for (const int version : {1, 2}) shards.append("a", tables.store("1", version));
  shards.trim("a", 1);
  shards.expireIterators();
  const bool is_restarted = GetParam();
  if (is_restarted) first.leave();
  Member& reader = is_restarted ? second : first;
  EXPECT_THAT(reader.later(kDayAndAnHour).read(), ElementsAre(Pair("1", 1), Pair("1", 2)));
}

INSTANTIATE_TEST_SUITE_P(RestartedOrAsleep, ShardWithoutAPosition, testing::Bool());

// A consumer dies after its scan, before it follows the stream; the next one comes a day later.
TEST_F(SubscriptionGroupTest, ReadsTheTableAgainIfThePositionsOfACatchUpAreTooOld) {
  FakeShards shards({"a"});
  for (const char* id : {"1", "2"}) tables.store(id, 1);
  Member dead(tables, &shards);
  for (int page = 0; page < 2; ++page) {
    dead.transport().before("Scan", [](json::object& request) { request["Limit"] = 1; });
  }
  for (int round = 0; round < 3; ++round) dead.subscription().runOnce();  // the positions, and two pages
  const std::string id = dead.handled.front().first;
  for (const int version : {2, 3}) shards.append("a", tables.store(id, version));
  shards.trim("a", 1);
  Member heir(tables, &shards);
  heir.later(kDayAndAnHour).read();
  heir.later(31s).read();
  heir.later(11s).read();
  EXPECT_THAT(heir.handled, testing::Contains(Pair(id, 2)));
}

TEST_F(SubscriptionGroupTest, ReadsNothingAgainIfNothingComesForDays) {
  FakeShards shards({"a"});
  tables.store("1", 1);
  Member member(tables, &shards);
  member.read();
  for (int i = 0; i < 5; ++i) {
    member.later(6h);
    for (int round = 0; round < 101; ++round) member.subscription().runOnce();
  }
  EXPECT_THAT(member.handled, SizeIs(1));
  EXPECT_THAT(member.notices, IsEmpty());
}

TEST_F(SubscriptionGroupTest, ReadsATableWithAnotherStreamAgain) {
  Member writer(tables), member(tables);
  append(writer.log(), "1");
  member.read();
  tables.switchStream(false);
  append(writer.log(), "1");
  tables.switchStream(true);
  append(writer.log(), "1");
  member.handled.clear();
  EXPECT_THAT(member.later(11s).read(), ElementsAre(Pair("1", 1), Pair("1", 2), Pair("1", 3)));
  append(writer.log(), "1");
  EXPECT_THAT(member.read(), testing::Contains(Pair("1", 4)));
}

TEST_F(SubscriptionGroupTest, FollowsShardsThatAreSplit) {
  tables.context().shard_limits.records = 2;
  Member writer(tables), member(tables);
  append(writer.log(), "1");
  member.read();
  for (int i = 0; i < 7; ++i) append(writer.log(), "1");
  member.later(11s).read();
  std::vector<std::uint64_t> versions;
  for (const auto& [id, version] : member.handled) versions.push_back(version);
  EXPECT_THAT(versions, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(SubscriptionGroupTest, TakesNoShardFromAConsumerThatReadsIt) {
  FakeShards shards({"a", "b"});
  Member first(tables, &shards), second(tables, &shards);
  first.read();
  for (const char* shard : {"a", "b"}) {
    for (const int version : {1, 2}) shards.append(shard, tables.store(shard, version));
  }
  first.also = [&](const Event&) {
    first.later(11s);
    EXPECT_THAT(second.later(11s).read(), IsEmpty());
  };
  EXPECT_THAT(first.read(), ElementsAre(Pair("a", 1), Pair("a", 2), Pair("b", 1), Pair("b", 2)));
  first.also = nullptr;
  first.later(11s).read();  // hands one over
  for (const char* shard : {"a", "b"}) shards.append(shard, tables.store(shard, 3));
  second.later(11s).read();
  first.read();
  EXPECT_THAT(second.handled, SizeIs(1));
  EXPECT_THAT(first.handled, SizeIs(5));
}

TEST_F(SubscriptionGroupTest, WritesCheckpointsWithinALongBatch) {
  FakeShards shards({"a"});
  Member dead(tables, &shards);
  dead.read();
  for (const int version : {1, 2, 3}) shards.append("a", tables.store("1", version));
  dead.also = [&](const Event& event) {
    dead.later(15s);
    // The program ends, as far as the group can see.
    if (event.version == 3) dead.transport().before("UpdateItem", [](json::object&) { throw NotReachable("ended"); });
  };
  EXPECT_THROW(dead.read(), NotReachable);
  Member heir(tables, &shards);
  heir.read();
  heir.later(31s).read();
  EXPECT_THAT(heir.handled, ElementsAre(Pair("1", 3)));
}

TEST_F(SubscriptionGroupTest, PassesOverWhatIsNoEvent) {
  FakeShards shards({"a"});
  tables.store("1", 1);
  Member member(tables, &shards);
  member.read();
  const std::string broken = R"({"pk":{"S":"users#1#stream"},"sk":{"N":"2.5"}})";
  tables.put(Tables::kLog, broken);
  for (const int version : {2, 3}) tables.store("1", version);
  shards.append("a", parseJson(broken).as_object());
  shards.append("a", tables.store("1", 4));
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 1), Pair("1", 2), Pair("1", 3), Pair("1", 4)));
  EXPECT_THAT(member.notices, testing::Each(HasSubstr("users#1: its sort key is not a version")));
}

TEST_F(SubscriptionGroupTest, DoesNotParkAnEventBehindItself) {
  FakeShards shards({"a"});
  tables.store("1", 1);
  Member first(tables, &shards);
  first.fails = {{"1", 1}};
  first.read();
  first.leave();
  shards.remove("a");
  shards.add("b");
  Member second(tables, &shards);
  second.read();
  second.later(11s).read();
  ASSERT_THAT(second.subscription().parked(), SizeIs(1));
  EXPECT_EQ(second.subscription().parked()[0].attempts, 3);
}

TEST_F(SubscriptionGroupTest, GoesOnWhereAnotherLanguageEnded) {
  FakeShards shards({"a"});
  for (const int version : {1, 2}) shards.append("a", tables.store("1", version));
  tables.put(Tables::kCore, R"({"pk":{"S":"subscription#mails"},"sk":{"S":"group"},"streamArn":{"S":")" +
                                tables.streamArn() +
                                R"("},"state":{"S":"following"},"counter":{"N":"7"},)"
                                R"("aliveAt":{"S":"2026-01-01T00:00:00.000Z"}})");
  tables.put(Tables::kCore, R"({"pk":{"S":"subscription#mails"},"sk":{"S":"shard#a"},"counter":{"N":"1000001"},)"
                            R"("sequenceNumber":{"S":"1"}})");
  Member member(tables, &shards);
  EXPECT_THAT(member.read(), ElementsAre(Pair("1", 2)));
}

TEST_F(SubscriptionGroupTest, WritesTheItemsThatTheOtherLanguagesRead) {
  FakeShards shards({"a"});
  shards.append("a", tables.store("1", 1));
  Member member(tables, &shards, {.group = "mails", .consumer = "me"});
  member.read();
  json::object group = tables.get(Tables::kCore, R"({"pk":{"S":"subscription#mails"},"sk":{"S":"group"}})");
  group.erase("counter");
  EXPECT_EQ(group, (json::object{{"pk", {{"S", "subscription#mails"}}},
                                 {"sk", {{"S", "group"}}},
                                 {"streamArn", {{"S", tables.streamArn()}}},
                                 {"state", {{"S", "following"}}},
                                 {"scans", {{"BOOL", true}}},
                                 {"aliveAt", {{"S", "2026-01-01T00:00:00.000Z"}}}}));
  json::object lease = tables.get(Tables::kCore, R"({"pk":{"S":"subscription#mails"},"sk":{"S":"shard#a"}})");
  EXPECT_GT(std::stoul(textOf(lease.at("counter").as_object(), "N")), 1'000'000u);
  lease.erase("counter");
  EXPECT_EQ(lease, (json::object{{"pk", {{"S", "subscription#mails"}}},
                                 {"sk", {{"S", "shard#a"}}},
                                 {"owner", {{"S", "me"}}},
                                 {"sequenceNumber", {{"S", "1"}}}}));
}

}  // namespace
}  // namespace ddblog
