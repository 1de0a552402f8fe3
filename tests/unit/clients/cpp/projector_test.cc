#include "ddblog/projector.h"

#include <gtest/gtest.h>

#include "ddblog/payload.h"
#include "unit/clients/cpp/fake_transport.h"

namespace ddblog {
namespace {

class ProjectorTest : public testing::Test {
 protected:
  void SetUp() override {
    users.on("signup", [](const Event& event, ReadModel& user) {
      user.setString("name", Payload(event.payload).string("name"));
    });
    users.on("addLocation", [](const Event& event, ReadModel& user) {
      user.setJson("location", R"({"long":)" + Payload(event.payload).number("long") + "}");
    });
    users.on("forget", [](const Event&, ReadModel& user) { user.remove("name"); });
    transport->on("UpdateItem", "{}");
    readModelIsAt(0);
  }

  static std::string readModelAt(int version) {
    return R"({"Item":{"pk":{"S":"users#42"},"sk":{"S":"users#42"},"name":{"S":"Ada"},"version":{"N":")" +
           std::to_string(version) + "\"}}}";
  }
  void readModelIsAt(int version) { transport->on("GetItem", version == 0 ? "{}" : readModelAt(version)); }
  // Another handler writes the read model just before this one does, each time one version further.
  void anotherIsFaster(int version) {
    transport->on("UpdateItem", [version](const json::object&) mutable -> std::string {
      throw ServiceError("ConditionalCheckFailedException", "The conditional request failed", 400,
                         readModelAt(version++));
    });
  }
  void logHas(const std::vector<std::string>& items) { transport->on("Query", page(items)); }
  std::string signup(int version) { return eventItem("42", version, "signup", R"("name":{"S":"Ada"})"); }

  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::shared_ptr<FakeEnvironment> environment = std::make_shared<FakeEnvironment>();
  std::vector<std::string> notices;
  Projector users{transport,
                  {.log_table = "logs",
                   .read_model_table = "core",
                   .log = "users",
                   .type = "user",
                   .attempts = 3,
                   .notice = [this](const std::string& line) { notices.push_back(line); }},
                  environment};
};

TEST_F(ProjectorTest, MakesAReadModelOfTheFirstEvent) {
  logHas({signup(1)});
  EXPECT_EQ(users.project("42", 1), 1u);
  const auto updates = transport->sentTo("UpdateItem");
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(
      updates[0].text,
      R"({"TableName":"core","Key":{"pk":{"S":"users#42"},"sk":{"S":"users#42"}},)"
      R"("UpdateExpression":"SET #version = :version, #a0 = :a0, #a1 = :a1, #a2 = :a2",)"
      "\"ConditionExpression\":\"attribute_not_exists(#version)\","
      R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD",)"
      R"("ExpressionAttributeNames":{"#version":"version","#a0":"id","#a1":"name","#a2":"type"},)"
      R"("ExpressionAttributeValues":{":version":{"N":"1"},":a0":{"S":"42"},":a1":{"S":"Ada"},":a2":{"S":"user"}}})");
}

TEST_F(ProjectorTest, WritesOnConditionThatTheVersionIsStillWhatItRead) {
  readModelIsAt(1);
  logHas({eventItem("42", 2, "addLocation", R"("long":{"N":"18.0685801234567890123"})")});
  EXPECT_EQ(users.project("42", 2), 2u);
  const json::object update = transport->sentTo("UpdateItem").at(0).request;
  EXPECT_EQ(update.at("ConditionExpression"), "#version = :read");
  EXPECT_EQ(update.at("ExpressionAttributeValues").at(":read").at("N"), "1");
  EXPECT_EQ(update.at("ExpressionAttributeValues").at(":a0").at("M").at("long").at("N"), "18.0685801234567890123");
}

TEST_F(ProjectorTest, AHintThatIsAppliedAlreadyCostsOneRead) {
  readModelIsAt(3);
  EXPECT_EQ(users.project("42", 3), 3u);
  EXPECT_EQ(transport->sent.size(), 1u);
}

TEST_F(ProjectorTest, AHintWhoseEventIsNotInTheLogChangesNothing) {
  readModelIsAt(3);
  logHas({});
  EXPECT_EQ(users.project("42", 9), 3u);
  EXPECT_TRUE(transport->sentTo("UpdateItem").empty());
}

TEST_F(ProjectorTest, StopsAtAGap) {
  logHas({signup(1), signup(3)});
  EXPECT_EQ(users.project("42", 3), 1u);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_NE(notices[0].find("gap"), std::string::npos);
}

TEST_F(ProjectorTest, AGapAtTheBeginningChangesNothing) {
  logHas({signup(2)});
  EXPECT_EQ(users.project("42", 2), 0u);
  EXPECT_TRUE(transport->sentTo("UpdateItem").empty());
}

TEST_F(ProjectorTest, AnUnknownTypeAdvancesTheVersionAndIsNoticed) {
  logHas({signup(1), eventItem("42", 2, "changedItsMind", "")});
  EXPECT_EQ(users.project("42", 2), 2u);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_NE(notices[0].find("changedItsMind"), std::string::npos);
}

TEST_F(ProjectorTest, WhatComesBeforeAPoisonEventIsWrittenAndThePoisonComesOut) {
  logHas({signup(1), eventItem("42", 2, "addLocation", "")});
  try {
    users.project("42", 2);
    FAIL();
  } catch (const InvalidEvent& invalid) {
    EXPECT_STREQ(invalid.what(), "users#42#stream version 2: \"long\" is missing or not a number");
  }
  const auto updates = transport->sentTo("UpdateItem");
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].request.at("ExpressionAttributeValues").at(":version").at("N"), "1");
}

TEST_F(ProjectorTest, RemovesAttributes) {
  readModelIsAt(1);
  logHas({eventItem("42", 2, "forget", "")});
  users.project("42", 2);
  EXPECT_EQ(transport->sentTo("UpdateItem").at(0).request.at("UpdateExpression"), "SET #version = :version REMOVE #a0");
}

TEST_F(ProjectorTest, ALostRaceSaysWhatTheWinnerHasWritten) {
  logHas({signup(1)});
  anotherIsFaster(1);
  EXPECT_EQ(users.project("42", 1), 1u);
  EXPECT_EQ(transport->sentTo("GetItem").size(), 1u);
  EXPECT_TRUE(environment->pauses.empty());
}

TEST_F(ProjectorTest, GoesOnFromWhatTheWinnerHasWritten) {
  transport->on("Query", [this](const json::object& query) {
    const json::value& from = query.at("ExpressionAttributeValues").at(":sk").at("N");
    return from == "1" ? page({signup(1)}) : page({signup(2)});
  });
  transport->on("UpdateItem", [this](const json::object&) -> std::string {
    transport->on("UpdateItem", "{}");
    throw ServiceError("ConditionalCheckFailedException", "The conditional request failed", 400, readModelAt(1));
  });
  EXPECT_EQ(users.project("42", 2), 2u);
  const json::object update = transport->sentTo("UpdateItem").at(1).request;
  EXPECT_EQ(update.at("ConditionExpression"), "#version = :read");
  EXPECT_EQ(update.at("ExpressionAttributeValues").at(":read").at("N"), "1");
}

TEST_F(ProjectorTest, GivesUpWhenOthersAreAlwaysFaster) {
  transport->on("Query", [this](const json::object& query) {
    return page({signup(std::stoi(std::string(query.at("ExpressionAttributeValues").at(":sk").at("N").as_string())))});
  });
  anotherIsFaster(1);
  EXPECT_THROW(users.project("42", 9), std::runtime_error);
  EXPECT_EQ(transport->sentTo("UpdateItem").size(), 3u);
  EXPECT_EQ(environment->pauses, (std::vector{std::chrono::milliseconds(5)})) << "none before the second attempt";
}

TEST_F(ProjectorTest, TakesAnEventOfTheBus) {
  logHas({signup(1)});
  EXPECT_EQ(
      users.handle(R"({"detail-type":"stream changes","detail":{"log":"users","key":{"pk":"users#42#stream","sk":1},)"
                   R"("type":"signup","payload":{"id":"42"}}})"),
      1u);
}

TEST_F(ProjectorTest, FindsTheKeyOfAnEventWhateverElseIsInIt) {
  readModelIsAt(3);
  for (const char* event :
       {R"({"key":{"pk":"no","sk":9},"detail":{"payload":{"key":{"pk":"no","sk":9},"detail":[{"key":)"
        R"({"sk":9}}]},"key":{"sk":3,"old":{"pk":"no"},"pk":"users#42#stream"},"type":"t"},"sk":9} )",
        R"({"detail":{"k\u0065y":{"pk":"users\u002342#stream","sk":3.0}}})"}) {
    EXPECT_EQ(users.handle(event), 3u) << event;
    EXPECT_EQ(transport->sentTo("GetItem").back().request.at("Key").at("pk").at("S"), "users#42") << event;
  }
}

TEST_F(ProjectorTest, RefusesWhatIsNoEventOfItsLog) {
  for (const char* event :
       {"", "[]", "{}", R"({"detail":{}})", R"({"detail":{"key":{"pk":"users#42","sk":1}}})",
        R"({"detail":{"key":{"pk":"users#42#stream","sk":"1"}}})",
        R"({"detail":{"key":{"pk":"users#42#stream","sk":-1}}})",
        R"({"detail":{"key":{"pk":"users#42#stream","sk":1.5}}})",
        R"({"detail":{"key":{"pk":"users#42#stream"}},"sk":1})", R"({"detail":{"key":{"pk":"users#42#stream","sk":1}})",
        R"({"detail":{"key":{"pk":"orders#42#stream","sk":1}}})"}) {
    EXPECT_THROW(users.handle(event), InvalidEvent) << event;
  }
  EXPECT_TRUE(transport->sent.empty());
}

TEST_F(ProjectorTest, AReadModelWithABrokenVersionIsAnError) {
  transport->on("GetItem", R"({"Item":{"version":{"S":"one"}}})");
  EXPECT_THROW(users.project("42", 1), std::runtime_error);
}

}  // namespace
}  // namespace ddblog
