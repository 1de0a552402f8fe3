// The way of one event, from the spans that services tell.
#include "traces/trace_view.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "item/stored_item.h"

namespace ddblog::traces {
namespace {

using Kind = rpc::Span::Kind;

const std::string kTable = "local-dynamodb-logs";
const EventName kEvent{"users", "42#a", 3};

// Of texts that must live as long as it does.
rpc::Span span(Kind kind, std::string_view id, std::string_view parent, std::string_view subject = {}) {
  return {.kind = kind, .id = id, .parent = parent, .subject = subject};
}

std::string textOf(const EventName& event, const std::string& type) {
  return R"({"source":"log","detail":{"log":")" + event.log + R"(","key":{"pk":")" + event.streamKey() + R"(","sk":)" +
         std::to_string(event.version) + R"(},"type":")" + type + R"("}})";
}

std::string stored(std::vector<std::pair<std::string, AttributeValue>> attributes) {
  Item item;
  for (auto& [name, value] : attributes) item.emplace(name, std::move(value));
  return encodeItem(item);
}

AttributeValue number(const std::string& digits) { return AttributeValue(Decimal::parse(digits)); }

class TraceViewTest : public testing::Test {
 protected:
  void addBatch(const std::string& request_id, int attempt, const std::vector<EventName>& events) {
    rpc::Span batch = span(Kind::kBatch, request_id, {}, "trigger");
    const std::string stream = "arn:aws:dynamodb:us-east-1:000000000000:table/" + kTable + "/stream/2026";
    batch.source = stream;
    batch.detail = "shardId-1";
    batch.number = attempt;
    batch.size = events.size();
    std::deque<std::string> texts;
    std::vector<rpc::Span::Record> records;
    for (const EventName& event : events) {
      const std::string& position = texts.emplace_back("1000" + std::to_string(event.version));
      records.push_back({position, texts.emplace_back(orderKeyOf(event))});
    }
    batch.records = records;
    ring_.add(batch);
  }
  void addAttempt(const std::string& root, const std::string& parent, const std::string& function,
                  const std::string& error = {}, const std::string& process = {}) {
    rpc::Span attempt = span(Kind::kAttempt, root, parent, function);
    attempt.duration = Duration(12);
    attempt.has_failed = !error.empty();
    attempt.detail = error;
    attempt.process = process;
    attempt.log = "START RequestId: r Version: $LATEST\nhello\n";
    ring_.add(attempt);
  }
  void addEvent(const std::string& id, const std::string& parent, const EventName& event,
                const std::string& event_id = "event-id") {
    rpc::Span on_bus = span(Kind::kEvent, id, parent, "bus");
    on_bus.source = event_id;
    const std::string text = textOf(event, "signup");
    on_bus.detail = text;
    ring_.add(on_bus);
  }
  void addDelivery(const std::string& id, const std::string& parent, const std::string& rule, int attempt = 1) {
    rpc::Span delivery = span(Kind::kDelivery, id, parent, "arn:aws:lambda:us-east-1:000000000000:function:users");
    const std::string arn = "arn:aws:events:us-east-1:000000000000:rule/bus/" + rule;
    delivery.source = arn;
    delivery.number = attempt;
    ring_.add(delivery);
  }
  void addWrite(const std::string& parent, const std::string& table, const std::string& key, const std::string& before,
                const std::string& after) {
    rpc::Span write = span(Kind::kWrite, {}, parent, table);
    write.key = key;
    write.before = before;
    write.after = after;
    ring_.add(write);
  }
  // The way to the handler's invocation "request".
  void addWay() {
    addBatch("trigger-request", 1, {{"users", "1", 1}, kEvent});
    addEvent("#0", "1-trigger", {"users", "1", 1}, "another-id");
    addEvent("#1", "1-trigger", kEvent);
    addDelivery("#2", "#1", "users");
    ring_.add(span(Kind::kInvocation, "request", "#2", "users"));
    addAttempt("1-trigger", "trigger-request", "trigger");
  }

  json::object trace(const EventName& event = kEvent) {
    return TraceView(ring_.spans(), kTable, [this](const std::string&) { return rules_; }).of(event);
  }
  // A line for each node: two blanks a level, the kind, and what tells it from others.
  std::string way(const EventName& event = kEvent) {
    std::string lines;
    const json::object made = trace(event);
    draw(made.at("path").as_array(), "", lines);
    return lines;
  }

  TraceRing ring_;
  std::vector<Rule> rules_;

 private:
  static void draw(const json::array& nodes, const std::string& indent, std::string& lines) {
    for (const json::value& one : nodes) {
      const json::object& node = one.as_object();
      lines += indent + std::string(node.at("kind").as_string());
      for (const char* name : {"sequenceNumber", "attempt", "function", "result", "bus", "rule", "messageId", "table",
                               "destination", "what"}) {
        const json::value* value = node.if_contains(name);
        if (value) lines += " " + (value->is_string() ? std::string(value->as_string()) : json::serialize(*value));
      }
      lines += "\n";
      if (const json::value* children = node.if_contains("children")) {
        draw(children->as_array(), indent + "  ", lines);
      }
    }
  }
};

TEST_F(TraceViewTest, LeadsFromTheRecordToWhatTheHandlerWrote) {
  addWay();
  addWrite("1-first", "core", stored({{"pk", AttributeValue("users#42")}}), {},
           stored({{"pk", AttributeValue("users#42")}, {"name", AttributeValue("Ada")}}));
  addAttempt("1-first", "request", "users", "ValueError: no");
  addAttempt("1-second", "request", "users");
  EXPECT_EQ(way(), R"(batch 10003 1 trigger
  attempt trigger success
    event bus
      delivery 1 users
        invocation users
          attempt 1 users failure
            write core
          attempt 2 users success
)");
}

TEST_F(TraceViewTest, SaysWhatAWriteChanged) {
  addWay();
  const AttributeValue pk("users#42");
  addWrite("1-first", "core", stored({{"pk", pk}}),
           stored({{"pk", pk}, {"name", AttributeValue("Ada")}, {"same", AttributeValue(true)}, {"gone", number("1")}}),
           stored({{"pk", pk},
                   {"name", AttributeValue("Grace")},
                   {"same", AttributeValue(true)},
                   {"long", AttributeValue(std::string(2000, 'x'))}}));
  addAttempt("1-first", "request", "users");
  const std::string text = json::serialize(trace());
  EXPECT_NE(text.find(R"("action":"change")"), std::string::npos);
  EXPECT_NE(text.find(R"("changes":[{"attribute":"gone","before":{"N":"1"}},{"attribute":"long","afterBytes":2008},)"
                      R"({"attribute":"name","before":{"S":"Ada"},"after":{"S":"Grace"}}])"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("log":["hello"])"), std::string::npos);
}

TEST_F(TraceViewTest, SaysWhyARuleDidNotMatch) {
  addWay();
  rules_ = {{"users", "arn:aws:events:us-east-1:000000000000:rule/bus/users", R"({"source":["log"]})"},
            {"orders", "arn:orders", R"({"detail":{"type":["order"]}})"},
            {"no-targets", "arn:no-targets", R"({"source":["log"]})"},
            {"hourly", "arn:hourly", ""}};
  const std::string text = json::serialize(trace());
  EXPECT_NE(text.find(R"("rule":"orders","matches":false,"misses":[{"path":"detail.type","value":"\"signup\"",)"
                      R"("wanted":"[\"order\"]"}])"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("rule":"no-targets","matches":true)"), std::string::npos);
  EXPECT_EQ(text.find("hourly"), std::string::npos);
}

TEST_F(TraceViewTest, ShowsABatchThatWasSplitAndTriedAgain) {
  addBatch("first", 1, {{"users", "1", 1}, kEvent});
  addAttempt("1-first", "first", "trigger", "no");
  addBatch("half", 1, {kEvent});
  addAttempt("1-half", "half", "trigger", "no");
  addBatch("again", 2, {kEvent});
  addAttempt("1-again", "again", "trigger");
  EXPECT_EQ(way(), R"(batch 10003 1 trigger
  attempt trigger failure
batch 10003 1 trigger
  attempt trigger failure
batch 10003 2 trigger
  attempt trigger success
)");
}

TEST_F(TraceViewTest, FollowsQueuesDestinationsAndOtherBuses) {
  addWay();
  ring_.add(span(Kind::kMessage, "message", "#2", "arn:aws:sqs:us-east-1:000000000000:queue"));
  rpc::Span batch = span(Kind::kBatch, "queue-request", {}, "worker");
  batch.source = "arn:aws:sqs:us-east-1:000000000000:queue";
  const std::vector<rpc::Span::Record> records = {{"other"}, {"message"}};
  batch.records = records;
  ring_.add(batch);
  addAttempt("1-worker", "queue-request", "worker");
  addEvent("#3", "#2", kEvent, "forwarded");
  ring_.add(span(Kind::kOutcome, "#4", "request", "arn:aws:lambda:us-east-1:000000000000:function:failed"));
  ring_.add(span(Kind::kInvocation, "destination-request", "#4", "failed"));
  EXPECT_EQ(way(), R"(batch 10003 1 trigger
  attempt trigger success
    event bus
      delivery 1 users
        invocation users
          outcome arn:aws:lambda:us-east-1:000000000000:function:failed
            invocation failed
        message message
          batch worker
            attempt worker success
        event bus
)");
}

TEST_F(TraceViewTest, ShowsAReplayByItself) {
  addWay();
  rpc::Span replayed = span(Kind::kEvent, "#9", {}, "bus");
  replayed.source = "event-id";
  const std::string text = textOf(kEvent, "signup");
  replayed.detail = text;
  replayed.is_replay = true;
  ring_.add(replayed);
  addDelivery("#10", "#9", "users");
  const json::object made = trace();
  ASSERT_EQ(made.at("path").as_array().size(), 2u);
  const json::object& replay = made.at("path").as_array()[1].as_object();
  EXPECT_TRUE(replay.at("replay").as_bool());
  EXPECT_EQ(replay.at("children").as_array().size(), 1u);
}

TEST_F(TraceViewTest, KnowsWhatARuleHasGivenToAFunction) {
  addWay();
  addAttempt("1-first", "request", "users");
  const TraceView view(ring_.spans(), kTable, {});
  const json::object given = view.deliveryTo(ring_.newest(2).at(0));
  EXPECT_EQ(given.at("bus"), "bus");
  EXPECT_EQ(given.at("rule"), "users");
  EXPECT_EQ(given.at("event").as_string(), textOf(kEvent, "signup"));
  EXPECT_TRUE(view.deliveryTo(ring_.newest(2).at(1)).empty()) << "a mapping has invoked the trigger";
}

TEST_F(TraceViewTest, ARetryOfADeliveryBelongsToItsEvent) {
  addWay();
  addDelivery("#5", "event-id", "users", 2);
  EXPECT_NE(way().find("      delivery 2 users\n"), std::string::npos) << way();
}

TEST_F(TraceViewTest, LinksAnEventToTheOneThatCausedIt) {
  addWay();
  const EventName next{"orders", "7", 1};
  addWrite("1-first", kTable, stored({{"pk", AttributeValue(next.streamKey())}, {"sk", number("1")}}), {},
           stored({{"pk", AttributeValue(next.streamKey())}, {"sk", number("1")}, {"log", AttributeValue("orders")}}));
  addAttempt("1-first", "request", "users");
  const std::string text = json::serialize(trace());
  EXPECT_NE(text.find(R"("event":{"log":"orders","id":"7","version":1})"), std::string::npos) << text;
  const json::object cause = trace(next).at("causedBy").as_object();
  EXPECT_EQ(cause.at("function"), "users");
  EXPECT_EQ(json::serialize(cause.at("event")), R"({"log":"users","id":"42#a","version":3})");
}

TEST_F(TraceViewTest, KnowsAClientWithoutTraceIdsByTheKeyOfItsProcess) {
  addWay();
  const std::string process = std::string(rpc::kProcessKey) + "1";
  addAttempt("1-earlier", "another", "users", {}, process);
  addWrite(process, "core", stored({{"pk", AttributeValue("a")}}), {}, stored({{"pk", AttributeValue("a")}}));
  addAttempt("1-first", "request", "users", {}, process);
  addWrite(process, "later", stored({{"pk", AttributeValue("b")}}), {}, stored({{"pk", AttributeValue("b")}}));
  addAttempt("1-later", "another", "users", {}, process);
  EXPECT_NE(way().find("attempt 1 users success\n            write core\n"), std::string::npos) << way();
  EXPECT_EQ(way().find("later"), std::string::npos);
}

TEST_F(TraceViewTest, AWriteOfAKilledProcessBelongsToItsLastAttempt) {
  addWay();
  const std::string process = std::string(rpc::kProcessKey) + "1";
  addAttempt("1-first", "request", "users", "Runtime.ExitError: signal: killed", process);
  addWrite(process, "core", stored({{"pk", AttributeValue("a")}}), {}, stored({{"pk", AttributeValue("a")}}));
  EXPECT_NE(way().find("attempt 1 users failure\n            write core\n"), std::string::npos) << way();
}

TEST_F(TraceViewTest, EndsAtItsLimit) {
  addWay();
  for (int i = 0; i < 3000; ++i) addDelivery("#d" + std::to_string(i), "#1", "users");
  EXPECT_TRUE(trace().at("isTruncated").as_bool());
}

TEST_F(TraceViewTest, KnowsNothingOfOtherEvents) {
  addWay();
  EXPECT_EQ(way({"users", "42", 3}), "");
  EXPECT_EQ(way({"users", "42#a", 4}), "");
}

}  // namespace
}  // namespace ddblog::traces
