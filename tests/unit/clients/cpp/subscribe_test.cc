#include <gtest/gtest.h>

#include "ddblog/event_log.h"
#include "unit/clients/cpp/fake_transport.h"

namespace ddblog {
namespace {

// A stream of two shards: "parent" was closed, "child" goes on. An iterator is
// "<shard>:<position>".
class SubscribeTest : public testing::Test {
 protected:
  void SetUp() override {
    transport->on("DescribeTable", R"({"Table":{"LatestStreamArn":"stream"}})");
    transport->on(
        "DescribeStream",
        R"({"StreamDescription":{"Shards":[{"ShardId":"child","ParentShardId":"parent"},{"ShardId":"parent"}]}})");
    transport->on("GetShardIterator", [](const json::object& request) {
      std::string start = "0";
      if (request.at("ShardIteratorType") == "LATEST") start = "9";
      if (request.contains("SequenceNumber")) start = request.at("SequenceNumber").as_string();
      return "{\"ShardIterator\":\"" + std::string(request.at("ShardId").as_string()) + ":" + start + "\"}";
    });
    transport->on("GetRecords", [this](const json::object& request) {
      const std::string iterator(request.at("ShardIterator").as_string());
      const std::string shard = iterator.substr(0, iterator.find(':'));
      const int position = std::stoi(iterator.substr(iterator.find(':') + 1));
      std::string answer = "{\"Records\":[";
      if (position < records[shard]) {
        answer += R"({"eventName":"INSERT","dynamodb":{"SequenceNumber":")" + std::to_string(position + 1) +
                  R"(","NewImage":)" + eventItem(shard, position + 1, "a", "") + "}}";
      }
      answer += "]";
      const bool closed = shard == "parent" && position + 1 >= records[shard];
      if (!closed) {
        answer +=
            ",\"NextShardIterator\":\"" + shard + ":" + std::to_string(std::min(position + 1, records[shard])) + "\"";
      }
      return answer + "}";
    });
    environment->on_pause = [this] { stop.request_stop(); };  // nothing new: enough seen
  }

  void follow(const EventLog::SubscribeOptions& options = {}) {
    log.subscribe(
        options, stop.get_token(),
        [&](const Event& event) { seen.push_back(event.id + std::to_string(event.version)); },
        [&](const EventLog::Position& position) { checkpoints.push_back(position); });
  }

  std::map<std::string, int> records{{"parent", 2}, {"child", 2}};
  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::shared_ptr<FakeEnvironment> environment = std::make_shared<FakeEnvironment>();
  EventLog log{transport, "local-dynamodb-logs", environment};
  std::stop_source stop;
  std::vector<std::string> seen;
  std::vector<EventLog::Position> checkpoints;
};

TEST_F(SubscribeTest, ReadsAParentToItsEndBeforeItsChild) {
  follow();
  EXPECT_EQ(seen, (std::vector<std::string>{"parent1", "parent2", "child1", "child2"}));
}

TEST_F(SubscribeTest, GivesThePositionAfterEachBatch) {
  follow();
  ASSERT_EQ(checkpoints.size(), 4u);
  EXPECT_EQ(checkpoints.front(), (EventLog::Position{{"parent", "1"}}));
  EXPECT_EQ(checkpoints.back(), (EventLog::Position{{"parent", "2"}, {"child", "2"}}));
}

TEST_F(SubscribeTest, GoesOnFromAPosition) {
  follow({.position = {{"parent", "2"}, {"child", "1"}}});
  EXPECT_EQ(seen, (std::vector<std::string>{"child2"}));
}

TEST_F(SubscribeTest, WithOnlyNewEventsNothingOldIsSeen) {
  follow({.only_new = true});
  EXPECT_TRUE(seen.empty());
}

TEST_F(SubscribeTest, AnExpiredIteratorIsFetchedAnewFromThePosition) {
  int calls = 0;
  transport->on("GetRecords", [&](const json::object&) -> std::string {
    if (++calls == 1) throw ServiceError("ExpiredIteratorException", "Iterator expired", 400);
    return R"({"Records":[],"NextShardIterator":"parent:2"})";
  });
  follow();
  EXPECT_EQ(transport->sentTo("GetShardIterator").size(), 2u);
}

TEST_F(SubscribeTest, WhatTheHandlerThrowsEndsTheSubscriptionBeforeTheCheckpoint) {
  EXPECT_THROW(log.subscribe(
                   {}, stop.get_token(), [](const Event&) { throw std::runtime_error("no"); },
                   [&](const EventLog::Position& position) { checkpoints.push_back(position); }),
               std::runtime_error);
  EXPECT_TRUE(checkpoints.empty());
}

TEST_F(SubscribeTest, ATableWithoutAStreamIsRefused) {
  transport->on("DescribeTable", R"({"Table":{}})");
  EXPECT_THROW(follow(), std::runtime_error);
}

}  // namespace
}  // namespace ddblog
