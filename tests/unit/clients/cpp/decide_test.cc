// What the shared cases (clients/cases/decide.json) do not show of decide().
#include "ddblog/decide.h"

#include <gtest/gtest.h>

#include <utility>

#include "ddblog/payload.h"
#include "unit/clients/cpp/fake_transport.h"

namespace ddblog {
namespace {

class DecideTest : public testing::Test {
 protected:
  void SetUp() override {
    sum.evolve = [](int& state, const Event& event) { state += std::stoi(Payload(event.payload).number("n")); };
    // The log table has `events`, whose versions begin with 1.
    transport->on("Query", [this](const json::object& query) {
      const json::object& values = query.at("ExpressionAttributeValues").as_object();
      const auto from = values.contains(":sk") ? std::stoul(std::string(values.at(":sk").at("N").as_string())) : 1;
      std::vector<std::string> items;
      for (std::size_t i = from; i <= events.size(); ++i) items.push_back(item(static_cast<int>(i)));
      if (query.contains("ScanIndexForward")) items = {item(static_cast<int>(events.size()))};
      return page(items);
    });
    transport->on("PutItem", [this](const json::object& put) -> std::string {
      if (put.at("TableName") == "local-core") return "{}";
      if (faster > 0) {
        --faster;
        events.push_back(100);
        throw conditionFailed();
      }
      events.push_back(std::stoi(std::string(put.at("Item").at("payload").at("M").at("n").at("N").as_string())));
      return "{}";
    });
    transport->on("GetItem", "{}");
  }

  std::string item(int version) const {
    return eventItem("42", version, "added", R"("n":{"N":")" + std::to_string(events[version - 1]) + "\"}");
  }
  static std::vector<NewEvent> addOne(int) { return {{"added", R"({"n": 1})"}}; }
  json::object savedSnapshot() const {
    for (const auto& sent : transport->sentTo("PutItem")) {
      if (sent.request.at("TableName") == "local-core") return sent.request;
    }
    return {};
  }

  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::shared_ptr<FakeEnvironment> environment = std::make_shared<FakeEnvironment>();
  EventLog log{transport, "local-dynamodb-logs", environment};
  StateOf<int> sum;
  std::vector<int> events;  // in the table
  int faster = 0;           // how often another writer will be faster
  std::vector<std::string> notices;

  void keepSnapshots(std::uint64_t every) {
    sum.snapshot = {
        {.code = "1", .every = every, .notice = [this](const std::string& line) { notices.push_back(line); }},
        [](int state) { return std::to_string(state); },
        [](const std::string& state) { return std::stoi(state); }};
  }
};

TEST_F(DecideTest, PausesAfterEachLostRace) {
  faster = 3;
  EXPECT_EQ(decide(log, "users", "42", sum, addOne).state, 301);
  EXPECT_EQ(environment->pauses.size(), 3u);
}

TEST_F(DecideTest, GivesUpAfterItsRetries) {
  faster = 3;
  EXPECT_THROW(decide(log, "users", "42", sum, addOne, {.retries = 2}), VersionConflict);
  EXPECT_EQ(events.size(), 3u);
}

TEST_F(DecideTest, DecidesOnlyOnTheVersionThatTheCallerHasSeen) {
  events = {1, 2};
  int asked = 0;
  const auto once = [&](int) {
    ++asked;
    return addOne(0);
  };
  EXPECT_THROW(decide(log, "users", "42", sum, once, {.expected_version = 1}), VersionConflict);
  EXPECT_EQ(asked, 0);
  faster = 1;
  EXPECT_THROW(decide(log, "users", "42", sum, once, {.expected_version = 2}), VersionConflict);
  EXPECT_EQ(asked, 1) << "no retry";
}

TEST_F(DecideTest, WhatTheDecisionThrowsComesOutAndNothingIsAppended) {
  const auto refuse = [](int) -> std::vector<NewEvent> { throw std::domain_error("too low"); };
  EXPECT_THROW(decide(log, "users", "42", sum, refuse), std::domain_error);
  EXPECT_TRUE(transport->sentTo("PutItem").empty());
}

TEST_F(DecideTest, AConflictThatTheStateThrowsOfTheNewEventsAppendsThemOnce) {
  bool has_thrown = false;
  sum.evolve = [&](int&, const Event&) {
    if (!std::exchange(has_thrown, true)) throw VersionConflict("others", "1", Expected::version(1), 2);
  };
  EXPECT_THROW(decide(log, "users", "42", sum, addOne), VersionConflict);
  EXPECT_EQ(events.size(), 1u);
}

TEST_F(DecideTest, SavesASnapshotOfTheStateWithTheNewEvents) {
  keepSnapshots(2);
  decide(log, "users", "42", sum, addOne);
  EXPECT_TRUE(savedSnapshot().empty()) << "only one event";
  decide(log, "users", "42", sum, addOne);
  EXPECT_EQ(json::serialize(savedSnapshot().at("Item")),
            R"({"pk":{"S":"users#42#snapshot"},"sk":{"S":"state"},"version":{"N":"2"},"code":{"S":"1"},)"
            R"("state":{"N":"2"}})");
}

TEST_F(DecideTest, GoesOnFromASnapshotOfItsOwnCode) {
  keepSnapshots(2);
  events = {1, 2, 3};
  transport->on("GetItem", R"({"Item":{"version":{"N":"2"},"code":{"S":"1"},"state":{"N":"1000"}}})");
  EXPECT_EQ(decide(log, "users", "42", sum, addOne).state, 1004);
  transport->on("GetItem", R"({"Item":{"version":{"N":"2"},"code":{"S":"0"},"state":{"N":"1000"}}})");
  EXPECT_EQ(decide(log, "users", "42", sum, addOne).state, 8);
}

TEST_F(DecideTest, ASnapshotThatCannotBeWrittenIsNoticedAndTheDecisionStands) {
  keepSnapshots(1);
  sum.snapshot->encode = [](int) -> std::string { throw std::runtime_error("no room"); };
  EXPECT_EQ(decide(log, "users", "42", sum, addOne).version, 1u);
  EXPECT_EQ(notices, std::vector<std::string>{"The snapshot users#42#snapshot was not saved: no room"});
}

TEST_F(DecideTest, RefusesSnapshotsThatCannotBe) {
  keepSnapshots(0);
  EXPECT_THROW(decide(log, "users", "42", sum, addOne), InvalidArgument);
  keepSnapshots(1);
  sum.snapshot->options.code = "";
  EXPECT_THROW(decide(log, "users", "42", sum, addOne), InvalidArgument);
  keepSnapshots(1);
  EventLog of_another_name{transport, "events", environment};
  EXPECT_THROW(decide(of_another_name, "users", "42", sum, addOne), InvalidArgument) << "no read-model table";
  EXPECT_TRUE(transport->sent.empty());
}

}  // namespace
}  // namespace ddblog
