#include "ddblog/event_log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <map>
#include <stdexcept>

#include "unit/clients/cpp/fake_transport.h"

namespace ddblog {
namespace {

class EventLogTest : public testing::Test {
 protected:
  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::shared_ptr<FakeEnvironment> environment = std::make_shared<FakeEnvironment>();
  EventLog log{transport, "local-dynamodb-logs", environment};

  void streamIsAt(int version) {
    transport->on("Query", version == 0 ? page({}) : page({eventItem("42", version, "signup", "")}));
  }
};

TEST_F(EventLogTest, AppendsTheFirstEventUnlessTheStreamExists) {
  transport->on("PutItem", "{}");
  EXPECT_EQ(log.append("users", "42", {"signup", R"({"name":"Ada"})"}, Expected::none()).version, 1u);
  ASSERT_EQ(transport->sent.size(), 1u);
  EXPECT_EQ(transport->sent[0].text,
            R"({"TableName":"local-dynamodb-logs","Item":{"pk":{"S":"users#42#stream"},"sk":{"N":"1"},)"
            R"("type":{"S":"signup"},"log":{"S":"users"},"payload":{"M":{"id":{"S":"42"},"name":{"S":"Ada"}}},)"
            R"("eventId":{"S":"uuid-1"},"createdAt":{"S":"2026-11-22T09:00:00.000Z"}},)"
            "\"ConditionExpression\":\"attribute_not_exists(pk)\"}");
}

TEST_F(EventLogTest, AppendsAfterTheExpectedVersion) {
  streamIsAt(3);
  transport->on("PutItem", "{}");
  EXPECT_EQ(log.append("users", "42", {"signup", "{}"}, Expected::version(3)).version, 4u);
}

TEST_F(EventLogTest, AfterAVersionThatItHasSeenItReadsNothing) {
  transport->on("PutItem", "{}");
  log.append("users", "42", {"signup", "{}"}, Expected::none());
  EXPECT_EQ(log.append("users", "42", {"signup", "{}"}, Expected::version(1)).version, 2u);
  EXPECT_TRUE(transport->sentTo("Query").empty());
}

TEST_F(EventLogTest, EveryRaceOfATransactionHasATokenOfItsOwn) {
  streamIsAt(1);
  transport->on("TransactWriteItems", [&](const json::object&) -> std::string {
    if (transport->sentTo("TransactWriteItems").size() > 1) return "{}";
    throw ServiceError("TransactionCanceledException", "[ConditionalCheckFailed, None]", 400);
  });
  log.appendAll("users", "42", std::vector<NewEvent>{{"a", "{}"}, {"b", "{}"}}, Expected::any());
  const auto sent = transport->sentTo("TransactWriteItems");
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_NE(sent[0].request.at("ClientRequestToken"), sent[1].request.at("ClientRequestToken"));
}

TEST_F(EventLogTest, ARepeatedTransactionIsFoundInAllItsStreams) {
  transport->on("Query", [](const json::object& request) {
    const bool is_of_a = request.at("ExpressionAttributeValues").at(":pk").at("S") == "users#a#stream";
    const std::string id = is_of_a ? "a" : "b";
    return page({eventItem(id, is_of_a ? 1 : 4, "x", "", R"(,"eventId":{"S":"of )" + id + R"("})")});
  });
  const std::vector<StreamAppend> appends{{"users", "a", {{"x", "{}", "", "of a"}}, Expected::none()},
                                          {"users", "b", {{"x", "{}", "", "of b"}}, Expected::version(3)}};
  const auto results = log.appendTransaction(appends);
  EXPECT_FALSE(results[0].appended);
  EXPECT_EQ(results[1].version, 4u);
  EXPECT_TRUE(transport->sentTo("TransactWriteItems").empty());
}

TEST_F(EventLogTest, AThrottledTransactionIsTriedAgain) {
  transport->on("TransactWriteItems", [&](const json::object&) -> std::string {
    if (transport->sentTo("TransactWriteItems").size() > 1) return "{}";
    throw ServiceError("TransactionCanceledException", "[ThrottlingError, None]", 400);
  });
  const std::vector<NewEvent> events{{"a", "{}"}, {"b", "{}"}};
  EXPECT_EQ(log.appendAll("users", "42", events, Expected::none()).version, 2u);
}

TEST_F(EventLogTest, AStreamThatIsReadAsARangeIsReadByPages) {
  transport->on("Query", [](const json::object& request) {
    const bool is_first = request.at("ExpressionAttributeValues").at(":sk").at("N") == "1";
    return is_first ? page({eventItem("42", 1, "a", ""), eventItem("42", 2, "b", "")}, R"({"pk":{"S":"x"}})")
                    : page({eventItem("42", 3, "c", "")});
  });
  std::string types;
  for (const Event& event : log.stream("users", "42")) {
    types += event.type;
    EXPECT_EQ(transport->sent.size(), event.version < 3 ? 1u : 2u);
  }
  EXPECT_EQ(types, "abc");
}

TEST_F(EventLogTest, LeavesNoGapWhenTheExpectedVersionIsNotThere) {
  streamIsAt(3);
  transport->on("PutItem", "{}");
  try {
    log.append("users", "42", {"signup", "{}"}, Expected::version(7));
    FAIL();
  } catch (const VersionConflict& conflict) {
    EXPECT_EQ(conflict.expected().version(), 7u);
    EXPECT_EQ(conflict.current(), 3u);
  }
  EXPECT_TRUE(transport->sentTo("PutItem").empty());
}

TEST_F(EventLogTest, TellsTheActualVersionToTheWriterWhoLost) {
  streamIsAt(1);
  transport->on("PutItem", [](const json::object&) -> std::string { throw conditionFailed(); });
  try {
    log.append("users", "42", {"signup", "{}"}, Expected::none());
    FAIL();
  } catch (const VersionConflict& conflict) {
    EXPECT_EQ(conflict.expected().version(), 0u);
    EXPECT_EQ(conflict.current(), 1u);
  }
}

TEST_F(EventLogTest, KnowsItsOwnEventWhenTheAnswerToItsFirstAttemptWasLost) {
  transport->on("PutItem", [](const json::object&) -> std::string { throw conditionFailed(2); });
  transport->on("Query", page({eventItem("42", 1, "signup", "", R"(,"eventId":{"S":"uuid-1"})")}));
  EXPECT_EQ(log.append("users", "42", {"signup", "{}"}, Expected::none()).version, 1u);
}

TEST_F(EventLogTest, AnAppendThatIsTriedAgainWithItsEventIdSucceedsOnce) {
  transport->on("Query", page({eventItem("42", 2, "signup", "", R"(,"eventId":{"S":"mine"})")}));
  EXPECT_EQ(log.append("users", "42", {"signup", "{}", "", "mine"}, Expected::version(1)).version, 2u);
  EXPECT_TRUE(transport->sentTo("PutItem").empty());
}

TEST_F(EventLogTest, AWriteWhoseAnswerWasLostIsSentAgainUntilTheServerIsBack) {
  streamIsAt(3);
  transport->on("PutItem", [&](const json::object&) -> std::string {
    if (transport->sentTo("PutItem").size() < 4) throw NotReachable("the server is away");
    transport->on("Query", page({eventItem("42", 4, "signup", "", R"(,"eventId":{"S":"mine"})")}));
    throw conditionFailed();  // the first one had arrived
  });
  EXPECT_EQ(log.append("users", "42", {"signup", "{}", {}, "mine"}, Expected::any()).version, 4u);
  for (const auto& put : transport->sentTo("PutItem")) EXPECT_EQ(put.request.at("Item").at("sk").at("N"), "4");
}

TEST_F(EventLogTest, AServerThatHasNeverAnsweredIsNotWaitedFor) {
  transport->on("PutItem", [](const json::object&) -> std::string { throw NotReachable("nothing listens"); });
  EXPECT_THROW(log.append("users", "42", {"signup", "{}"}, Expected::none()), NotReachable);
  EXPECT_TRUE(environment->pauses.empty());
}

TEST_F(EventLogTest, AServerThatStaysAwayComesOutAsNotReachable) {
  streamIsAt(3);
  transport->on("PutItem", [](const json::object&) -> std::string { throw NotReachable("the server is away"); });
  EXPECT_THROW(log.append("users", "42", {"signup", "{}"}, Expected::any()), NotReachable);
  EXPECT_EQ(transport->sentTo("PutItem").size(), 20u);
}

TEST_F(EventLogTest, AppendingToAnyVersionTriesAgainAfterALostRace) {
  int version = 5;
  transport->on("Query", [&](const json::object&) { return page({eventItem("42", version, "signup", "")}); });
  transport->on("PutItem", [&](const json::object&) -> std::string {
    if (++version < 8) throw conditionFailed();
    return "{}";
  });
  EXPECT_EQ(log.append("users", "42", {"signup", "{}"}, Expected::any()).version, 8u);
  EXPECT_EQ(environment->pauses.size(), 2u);
}

TEST_F(EventLogTest, AppendingToAnyVersionGivesUpInTheEnd) {
  streamIsAt(5);
  transport->on("PutItem", [](const json::object&) -> std::string { throw conditionFailed(); });
  EXPECT_THROW(log.append("users", "42", {"signup", "{}"}, Expected::any()), VersionConflict);
}

TEST_F(EventLogTest, SeveralEventsAreWrittenInOneTransaction) {
  streamIsAt(1);
  transport->on("TransactWriteItems", "{}");
  EXPECT_EQ(log.appendAll("users", "42", std::vector<NewEvent>{{"a", "{}"}, {"b", "{}"}}, Expected::version(1)).version,
            3u);
  const auto sent = transport->sentTo("TransactWriteItems");
  ASSERT_EQ(sent.size(), 1u);
  const json::array& puts = sent[0].request.at("TransactItems").as_array();
  ASSERT_EQ(puts.size(), 2u);
  EXPECT_EQ(puts[1].at("Put").at("Item").at("sk").at("N"), "3");
  EXPECT_EQ(puts[1].at("Put").at("ConditionExpression"), "attribute_not_exists(pk)");
  EXPECT_EQ(sent[0].request.at("ClientRequestToken"), "uuid-3");  // after those of the events
}

TEST_F(EventLogTest, ACancelledTransactionIsAVersionConflict) {
  streamIsAt(2);
  transport->on("TransactWriteItems", [](const json::object&) -> std::string {
    throw ServiceError("TransactionCanceledException",
                       "Transaction cancelled, please refer cancellation reasons for specific reasons "
                       "[ConditionalCheckFailed, None]",
                       400);
  });
  EXPECT_THROW(log.appendAll("users", "42", std::vector<NewEvent>{{"a", "{}"}, {"b", "{}"}}, Expected::none()),
               VersionConflict);
}

TEST_F(EventLogTest, WaitsForATransactionThatIsGoingOn) {
  transport->on("PutItem", [&](const json::object&) -> std::string {
    if (transport->sentTo("PutItem").size() < 3) {
      throw ServiceError("TransactionConflictException", "Transaction is ongoing for the item", 400);
    }
    return "{}";
  });
  EXPECT_EQ(log.append("users", "42", {"signup", "{}"}, Expected::none()).version, 1u);
  EXPECT_EQ(environment->pauses.size(), 2u);
}

TEST_F(EventLogTest, ATransactionThatMeetsAnotherIsTriedAgainUntilItIsKnownWhoWon) {
  streamIsAt(0);
  transport->on("TransactWriteItems", [&](const json::object&) -> std::string {
    const bool is_first = transport->sentTo("TransactWriteItems").size() == 1;
    if (!is_first) streamIsAt(2);
    throw ServiceError("TransactionCanceledException",
                       "Transaction cancelled, please refer cancellation reasons for specific reasons " +
                           std::string(is_first ? "[TransactionConflict, None]" : "[ConditionalCheckFailed, None]"),
                       400);
  });
  const std::vector<NewEvent> events{{"a", "{}"}, {"b", "{}"}};
  EXPECT_THROW(log.appendAll("users", "42", events, Expected::none()), VersionConflict);
  EXPECT_EQ(transport->sentTo("TransactWriteItems").size(), 2u);
}

TEST_F(EventLogTest, ATransactionThatGoesOnForEverComesOutAsTheServicesRefusal) {
  transport->on("PutItem", [](const json::object&) -> std::string {
    throw ServiceError("TransactionConflictException", "Transaction is ongoing for the item", 400);
  });
  EXPECT_THROW(log.append("users", "42", {"signup", "{}"}, Expected::none()), ServiceError);
  EXPECT_EQ(transport->sentTo("PutItem").size(), 20u);
}

TEST_F(EventLogTest, OtherRefusalsComeOutAsTheyAre) {
  transport->on("PutItem", [](const json::object&) -> std::string {
    throw ServiceError("ResourceNotFoundException", "Requested resource not found", 400);
  });
  EXPECT_THROW(log.append("users", "42", {"signup", "{}"}, Expected::none()), ServiceError);
}

TEST_F(EventLogTest, RefusesBeforeAnythingIsSent) {
  const NewEvent event{"signup", "{}"};
  EXPECT_THROW(log.append("", "42", event, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.append("us#ers", "42", event, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.append("users", "", event, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.append("users", std::string(2048, 'x'), event, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.append("users", "42", {"", "{}"}, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.append("users", "42", {"signup", "[1]"}, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.append("users", "42", {"signup", R"({"id":"43"})"}, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.append("users", "42", {"signup", R"({"id":42})"}, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.append("users", "42", {"signup", "{}", "not json"}, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.appendAll("users", "42", std::vector<NewEvent>{}, Expected::none()), std::invalid_argument);
  EXPECT_THROW(log.appendAll("users", "42", std::vector<NewEvent>(101, event), Expected::none()),
               std::invalid_argument);
  EXPECT_TRUE(transport->sent.empty());
}

TEST_F(EventLogTest, ReadsAllPagesConsistently) {
  transport->on("Query", [](const json::object& request) {
    if (request.contains("ExclusiveStartKey")) return page({eventItem("42", 2, "b", "")});
    return page({eventItem("42", 1, "a", R"("n":{"N":"0.1234567890123456789"})")},
                R"({"pk":{"S":"x"},"sk":{"N":"1"}})");
  });
  const std::vector<Event> events = log.read("users", "42");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].payload, R"({"id":"42","n":0.1234567890123456789})");
  EXPECT_EQ(events[1].version, 2u);
  EXPECT_EQ(transport->sent[1].request.at("ExclusiveStartKey").at("sk").at("N"), "1");
  for (const auto& sent : transport->sent) EXPECT_EQ(sent.request.at("ConsistentRead"), true);
}

TEST_F(EventLogTest, APageSaysWhereTheNextOneBegins) {
  transport->on("Query", page({eventItem("42", 4, "a", ""), eventItem("42", 5, "b", "")}, R"({"pk":{"S":"x"}})"));
  EXPECT_EQ(log.readPage("users", "42", {.from = 4, .limit = 2}).next, 6u);
  EXPECT_EQ(transport->sent.back().request.at("Limit"), 2);
  transport->on("Query", page({eventItem("42", 5, "b", ""), eventItem("42", 4, "a", "")}, R"({"pk":{"S":"x"}})"));
  EXPECT_EQ(log.readPage("users", "42", {.backwards = true}).next, 3u);
  EXPECT_EQ(transport->sent.back().request.at("Limit"), 100);
  transport->on("Query", page({eventItem("42", 6, "c", "")}));
  const EventPage last = log.readPage("users", "42", {.from = 6, .consistent = false});
  EXPECT_EQ(last.next, 0u);
  EXPECT_EQ(last.events.size(), 1u);
  EXPECT_EQ(transport->sent.back().request.at("ConsistentRead"), false);
}

TEST_F(EventLogTest, ReadsTheSegmentsOfATable) {
  transport->on("Scan", [](const json::object& scan) {
    EXPECT_EQ(scan.at("TotalSegments"), 2);
    const std::string id = scan.at("Segment") == 0 ? "41" : "42";
    return page({eventItem(id, 1, "a", ""), eventItem(id, 2, "b", "")});
  });
  std::map<std::string, std::string> types;
  const auto visit = [&](const Event& event) {
    types[event.id] += event.type;
    return true;
  };
  log.readAll("users", visit, {.segments = 2});
  EXPECT_EQ(types, (std::map<std::string, std::string>{{"41", "ab"}, {"42", "ab"}}));
  EXPECT_THROW(log.readAll("users", visit, {.segments = 0}), InvalidArgument);
  EXPECT_THROW(log.readAll("users", visit, {.segments = 65}), InvalidArgument);
}

TEST_F(EventLogTest, NoSegmentGoesOnWhenTheVisitorHasSeenEnough) {
  transport->on("Scan", page({eventItem("42", 1, "a", ""), eventItem("42", 2, "b", "")}));
  int seen = 0;
  log.readAll("", [&](const Event&) { return ++seen < 1; }, {.segments = 2});
  EXPECT_EQ(seen, 1);
}

TEST_F(EventLogTest, AVisitorThatHasThrownIsNotCalledAgain) {
  std::latch all_have_begun(4);
  transport->on("Scan", [&](const json::object&) {
    all_have_begun.arrive_and_wait();
    return page({eventItem("42", 1, "signup", "")});
  });
  int visits = 0;
  const auto fail = [&](const Event&) -> bool {
    ++visits;
    throw std::runtime_error("no");
  };
  EXPECT_THROW(log.readAll("users", fail, {.segments = 4}), std::runtime_error);
  EXPECT_EQ(visits, 1);
}

TEST_F(EventLogTest, NoSegmentGoesOnWhenAnotherHasFailed) {
  constexpr int kFarTooMany = 100'000;
  std::latch both_have_begun(2);
  std::atomic<int> pages = 0;
  transport->on("Scan", [&](const json::object& scan) -> std::string {
    if (!scan.contains("ExclusiveStartKey")) both_have_begun.arrive_and_wait();
    if (scan.at("Segment") == 0) throw ServiceError("AccessDeniedException", "no", 400);
    if (++pages == kFarTooMany) return page({});
    return page({eventItem("42", 1, "signup", "")}, R"({"pk":{"S":"users#42#stream"},"sk":{"N":"1"}})");
  });
  const auto all = [](const Event&) { return true; };
  EXPECT_THROW(log.readAll("users", all, {.segments = 2}), ServiceError);
  EXPECT_LT(pages, kFarTooMany);
}

TEST_F(EventLogTest, ListsTheLogs) {
  transport->on("Scan", page({eventItem("42", 1, "a", ""), eventItem("43", 1, "a", ""),
                              R"({"pk":{"S":"orders#1#stream"},"sk":{"N":"1"}})", R"({"pk":{"S":"else"}})"}));
  EXPECT_EQ(log.logs(), (std::vector<std::string>{"orders", "users"}));
}

TEST_F(EventLogTest, ForgetsTheVersionsThatItHasSeen) {
  transport->on("PutItem", "{}");
  log.append("users", "42", {"signup", "{}"}, Expected::none());
  log.forgetVersions();
  streamIsAt(0);
  EXPECT_THROW(log.append("users", "42", {"signup", "{}"}, Expected::version(1)), VersionConflict);
}

TEST_F(EventLogTest, AnEmptyPageWithMoreToComeIsNotTheEnd) {
  int pages = 0;
  transport->on("Query", [&](const json::object&) {
    return ++pages == 1 ? page({}, R"({"pk":{"S":"x"},"sk":{"N":"1"}})") : page({eventItem("42", 1, "a", "")});
  });
  EXPECT_EQ(log.read("users", "42").size(), 1u);
}

TEST_F(EventLogTest, AnItemThatIsNoEventIsNamed) {
  transport->on("Query",
                page({R"({"pk":{"S":"users#42#stream"},"sk":{"N":"1"},"type":{"S":"a"},"log":{"S":"users"}})"}));
  EXPECT_THROW(log.read("users", "42"), InvalidEvent);
}

TEST(StreamKey, IsTakenApartAgain) {
  const auto stream = parseStreamKey(streamKey("users", "a#b"));
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->log, "users");
  EXPECT_EQ(stream->id, "a#b");
  for (const char* key : {"", "#stream", "users", "users#42", "users#stream", "#42#stream", "users##stream"}) {
    EXPECT_FALSE(parseStreamKey(key)) << key;
  }
}

TEST(EventJson, IsOneObject) {
  EXPECT_EQ(toJson({"users", "42", 3, "signup", R"({"id":"42"})", "e", "2026-11-22T09:00:00.000Z", "{}"}),
            R"({"log":"users","id":"42","version":3,"type":"signup","payload":{"id":"42"},"eventId":"e",)"
            R"("createdAt":"2026-11-22T09:00:00.000Z","metadata":{}})");
}

}  // namespace
}  // namespace ddblog
