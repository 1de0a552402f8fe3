#include "ddblog/projector.h"

#include <gtest/gtest.h>

#include <map>

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

TEST_F(ProjectorTest, RefusesAKeyThatNoSortKeyCanBe) {
  try {
    users.project(std::string(1'100, 'x'));
    FAIL();
  } catch (const InvalidArgument& refusal) {
    EXPECT_EQ(refusal.limit(), "sortKeyBytes");
  }
  EXPECT_THROW(users.get(std::string(1'100, 'x')), InvalidArgument);
  EXPECT_THROW(users.project(""), InvalidArgument);
  EXPECT_TRUE(transport->sent.empty());
}

// --- several items ---

class ItemsTest : public ProjectorTest {
 protected:
  void SetUp() override {
    ProjectorTest::SetUp();
    users.on("addPhone", [](const Event& event, ReadModel& user, ReadModelItems& items) {
      const std::string number = Payload(event.payload).string("number");
      user.setString("phone", number);
      items.upsert("phones#" + number).setString("user", event.id);
    });
    users.on("removePhone", [](const Event& event, ReadModel&, ReadModelItems& items) {
      items.remove("phones#" + Payload(event.payload).string("number"));
    });
    transport->on("TransactWriteItems", "{}");
  }

  std::string addPhone(int version, const std::string& number) {
    return eventItem("42", version, "addPhone", R"("number":{"S":")" + number + "\"}");
  }
  std::string removePhone(int version, const std::string& number) {
    return eventItem("42", version, "removePhone", R"("number":{"S":")" + number + "\"}");
  }
  // The items that the read-model table has, by their sort keys; each as DynamoDB's JSON.
  void coreHas(std::map<std::string, std::string> items) {
    transport->on("GetItem", [items](const json::object& get) {
      const auto found = items.find(std::string(get.at("Key").at("sk").at("S").as_string()));
      return found == items.end() ? std::string("{}") : "{\"Item\":" + found->second + "}";
    });
  }
  json::array actions(std::size_t i = 0) const {
    return transport->sentTo("TransactWriteItems").at(i).request.at("TransactItems").as_array();
  }
};

TEST_F(ItemsTest, AreWrittenWithTheMainItemInOneTransaction) {
  logHas({signup(1), addPhone(2, "1")});
  EXPECT_EQ(users.project("42"), 2u);
  EXPECT_TRUE(transport->sentTo("UpdateItem").empty());
  ASSERT_EQ(actions().size(), 2u);
  EXPECT_EQ(actions()[0].at("Update").at("ConditionExpression"), "attribute_not_exists(#version)");
  EXPECT_EQ(json::serialize(actions()[1]),
            R"({"Put":{"TableName":"core","Item":{"pk":{"S":"phones#1"},"sk":{"S":"phones#1"},"user":{"S":"42"}}}})");
}

TEST_F(ItemsTest, OnesThatDoNotChangeCostNothing) {
  users.on("look", [](const Event&, ReadModel&, ReadModelItems& items) {
    EXPECT_EQ(items.get("absent"), nullptr);
    ASSERT_NE(items.get("phones#1"), nullptr);
    EXPECT_EQ(items.get("phones#1")->string("user"), "42");
    items.upsert("made");
    items.remove("made");
  });
  coreHas({{"phones#1", R"({"pk":{"S":"phones#1"},"sk":{"S":"phones#1"},"user":{"S":"42"}})"}});
  logHas({eventItem("42", 1, "look", "")});
  users.project("42");
  EXPECT_EQ(transport->sentTo("UpdateItem").size(), 1u);
  EXPECT_TRUE(transport->sentTo("TransactWriteItems").empty());
}

TEST_F(ItemsTest, AreRemovedAndReplaced) {
  const std::string phone = R"({"pk":{"S":"x"},"sk":{"S":"x"},"user":{"S":"7"},"old":{"BOOL":true}})";
  coreHas({{"phones#1", phone}, {"phones#2", phone}});
  logHas({removePhone(1, "1"), removePhone(2, "2"), addPhone(3, "2"), addPhone(4, "3"), removePhone(5, "3")});
  users.project("42");
  ASSERT_EQ(actions().size(), 3u);
  EXPECT_EQ(actions()[1].at("Delete").at("Key").at("sk").at("S"), "phones#1");
  EXPECT_FALSE(actions()[2].at("Put").at("Item").as_object().contains("old"));
}

TEST_F(ItemsTest, WhatAThrowingApplierHasChangedIsUndone) {
  users.on("fail", [](const Event&, ReadModel& user, ReadModelItems& items) {
    user.setBool("failed", true);
    items.upsert("phones#1").setString("user", "nobody");
    items.upsert("phones#2");
    throw std::runtime_error("no");
  });
  logHas({addPhone(1, "1"), eventItem("42", 2, "fail", "")});
  EXPECT_THROW(users.project("42"), std::runtime_error);
  ASSERT_EQ(actions().size(), 2u);
  EXPECT_EQ(actions()[1].at("Put").at("Item").at("user").at("S"), "42");
  EXPECT_EQ(actions()[0].at("Update").at("ExpressionAttributeValues").at(":version").at("N"), "1");
}

TEST_F(ItemsTest, EventsThatNeedMoreItemsThanATransactionTakesGetSeveral) {
  std::vector<std::string> items;
  for (int i = 1; i <= 150; ++i) items.push_back(addPhone(i, std::to_string(i)));
  int version = 0;
  transport->on("GetItem", [&](const json::object& get) {
    const bool is_main = get.at("Key").at("sk").at("S") == "users#42";
    return is_main && version > 0 ? readModelAt(version) : std::string("{}");
  });
  transport->on("Query", [&](const json::object& query) {
    const auto from = std::stoul(std::string(query.at("ExpressionAttributeValues").at(":sk").at("N").as_string()));
    return page({items.begin() + static_cast<std::ptrdiff_t>(from) - 1, items.end()});
  });
  transport->on("TransactWriteItems", [&](const json::object& write) {
    const json::value& main = write.at("TransactItems").at(0);
    version =
        std::stoi(std::string(main.at("Update").at("ExpressionAttributeValues").at(":version").at("N").as_string()));
    return std::string("{}");
  });
  EXPECT_EQ(users.project("42"), 150u);
  EXPECT_EQ(actions(0).size(), 100u);
  EXPECT_EQ(actions(1).size(), 52u);
}

TEST_F(ItemsTest, OneEventCannotHaveMoreThanATransaction) {
  users.on("many", [](const Event&, ReadModel&, ReadModelItems& items) {
    for (int i = 0; i < 100; ++i) items.upsert(std::to_string(i));
  });
  logHas({eventItem("42", 1, "many", "")});
  EXPECT_THROW(users.project("42"), InvalidArgument);
  EXPECT_TRUE(transport->sentTo("TransactWriteItems").empty());
}

TEST_F(ItemsTest, ACancelledTransactionSaysWhatTheWinnerHasWritten) {
  logHas({addPhone(1, "1")});
  transport->on("TransactWriteItems", [](const json::object&) -> std::string {
    throw ServiceError("TransactionCanceledException", "cancelled", 400,
                       R"({"CancellationReasons":[{"Code":"ConditionalCheckFailed",)" + readModelAt(1).substr(1) +
                           R"(,{"Code":"None"}]})");
  });
  EXPECT_EQ(users.project("42", 1), 1u);
  EXPECT_EQ(transport->sentTo("GetItem").size(), 2u) << "of the read model and the phone";
}

TEST_F(ItemsTest, ATransactionThatMeetsAnotherLooksAgain) {
  logHas({addPhone(1, "1")});
  transport->on("TransactWriteItems", [&](const json::object&) -> std::string {
    transport->on("TransactWriteItems", "{}");
    throw ServiceError("TransactionCanceledException", "[TransactionConflict, None]", 400);
  });
  EXPECT_EQ(users.project("42", 1), 1u);
  EXPECT_EQ(transport->sentTo("TransactWriteItems").size(), 2u);
}

TEST_F(ItemsTest, TheProjectorsOwnAttributesAreNotTheAppliers) {
  users.on("own", [](const Event&, ReadModel& user, ReadModelItems& items) {
    EXPECT_THROW(user.setNumber("version", "7"), InvalidArgument);
    EXPECT_THROW(user.setString("pk", "x"), InvalidArgument);
    EXPECT_THROW(items.upsert("x").setString("sk", "x"), InvalidArgument);
    items.upsert("x").setNumber("version", "7");
  });
  logHas({eventItem("42", 1, "own", "")});
  users.project("42");
  EXPECT_EQ(actions().at(1).at("Put").at("Item").at("version").at("N"), "7");
}

TEST_F(ProjectorTest, MoreChangesThanAnUpdateTakesAreWrittenAsAWholeItem) {
  users.on("many", [](const Event&, ReadModel& user) {
    for (int i = 0; i < 201; ++i) user.setBool("a" + std::to_string(i), true);
  });
  readModelIsAt(1);
  logHas({eventItem("42", 2, "many", "")});
  transport->on("PutItem", "{}");
  users.project("42");
  const json::object put = transport->sentTo("PutItem").at(0).request;
  EXPECT_EQ(put.at("ConditionExpression"), "#version = :read");
  EXPECT_EQ(put.at("Item").at("version").at("N"), "2");
  EXPECT_EQ(put.at("Item").at("name").at("S"), "Ada");
  EXPECT_EQ(put.at("Item").as_object().size(), 205u);
}

// --- reading, and generations ---

TEST_F(ProjectorTest, WaitsUntilTheReadModelHasSeenAVersion) {
  readModelIsAt(1);
  environment->on_pause = [this] {
    if (environment->pauses.size() == 3) readModelIsAt(2);
  };
  EXPECT_EQ(users.waitFor("42", 2).number("version"), "2");
  EXPECT_EQ(environment->pauses.size(), 3u);
}

TEST_F(ProjectorTest, SaysWhereTheReadModelIsWhenItIsLate) {
  readModelIsAt(1);
  try {
    users.waitFor("42", 2, std::chrono::milliseconds(100));
    FAIL();
  } catch (const WaitTimeout& late) {
    EXPECT_EQ(late.seen(), 1u);
    EXPECT_STREQ(late.what(), "The read model users#42 was at version 1 after 100 ms, not yet at 2.");
  }
}

class GenerationTest : public ProjectorTest {
 protected:
  std::string readModelKey() {
    return std::string(transport->sentTo("GetItem").back().request.at("Key").at("pk").at("S").as_string());
  }

  Projector next{transport,
                 {.log_table = "logs", .read_model_table = "core", .log = "users", .type = "user", .generation = "v2"},
                 environment};
};

TEST_F(GenerationTest, HasReadModelsOfItsOwn) {
  next.on("signup", [](const Event&, ReadModel&, ReadModelItems& items) { items.upsert("names#Ada"); });
  logHas({signup(1)});
  transport->on("TransactWriteItems", "{}");
  next.project("42");
  const json::object write = transport->sentTo("TransactWriteItems").at(0).request;
  EXPECT_EQ(write.at("TransactItems").at(0).at("Update").at("Key").at("sk").at("S"), "v2/users#42");
  EXPECT_EQ(write.at("TransactItems").at(1).at("Put").at("Item").at("pk").at("S"), "v2/names#Ada");
  EXPECT_EQ(write.at("TransactItems").at(1).at("Put").at("Item").at("sk").at("S"), "names#Ada");
}

TEST_F(GenerationTest, IsReadFromWhenItIsCurrent) {
  transport->on("PutItem", "{}");
  next.makeCurrent();
  const json::object put = transport->sentTo("PutItem").at(0).request;
  EXPECT_EQ(json::serialize(put.at("Item")),
            R"({"pk":{"S":"projection#users#user"},"sk":{"S":"generation"},"current":{"S":"v2"}})");
  transport->on("GetItem", [&](const json::object& get) {
    const json::value& pk = get.at("Key").at("pk").at("S");
    return pk == "projection#users#user" ? "{\"Item\":" + json::serialize(put.at("Item")) + "}" : readModelAt(1);
  });
  EXPECT_EQ(users.getCurrent("42")->string("name"), "Ada");
  EXPECT_EQ(readModelKey(), "v2/users#42");
  EXPECT_EQ(users.currentGeneration(), "v2");
}

TEST_F(GenerationTest, IsRebuiltFromAllStreams) {
  transport->on("Scan", page({eventItem("41", 1, "signup", ""), eventItem("42", 1, "signup", ""),
                              eventItem("42", 2, "signup", ""), eventItem("43", 1, "signup", "")}));
  transport->on("GetItem", [](const json::object& get) {
    return get.at("Key").at("pk").at("S") == "v2/users#41" ? readModelAt(1) : std::string("{}");
  });
  transport->on("Query", [](const json::object& query) {
    const bool has_two = query.at("ExpressionAttributeValues").at(":pk").at("S") == "users#42#stream";
    const std::string id = has_two ? "42" : "43";
    std::vector<std::string> items{eventItem(id, 1, "signup", "")};
    if (has_two) items.push_back(eventItem(id, 2, "signup", ""));
    return page(items);
  });
  next.on("signup", [](const Event&, ReadModel&) {});
  std::uint64_t streams = 0;
  const Rebuilt rebuilt = next.rebuild({.threads = 1, .progress = [&](std::uint64_t count) { streams = count; }});
  EXPECT_EQ(rebuilt.streams, 3u);
  EXPECT_EQ(rebuilt.advanced, 2u);
  EXPECT_EQ(streams, 3u);
  EXPECT_EQ(transport->sentTo("UpdateItem").size(), 2u);
}

TEST_F(GenerationTest, HasANameThatKeysAllow) {
  EXPECT_THROW(
      Projector(transport,
                {.log_table = "logs", .read_model_table = "core", .log = "users", .type = "user", .generation = "a#b"}),
      InvalidArgument);
}

}  // namespace
}  // namespace ddblog
