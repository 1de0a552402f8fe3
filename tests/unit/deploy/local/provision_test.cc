// Tables that a template declares, provisioned once, and again when the template has changed.
#include "deploy/local/provision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/api_error.h"
#include "deploy/local/provision_seeds.h"
#include "deploy/local/provision_tables.h"
#include "services/dynamodb/operations.h"

namespace ddblog::deploy {
namespace {

using templates::App;
using testing::ElementsAre;
using testing::HasSubstr;

json::object key(const char* hash) { return {{"AttributeName", hash}, {"KeyType", "HASH"}}; }
json::object attribute(const char* name, const char* type) {
  return {{"AttributeName", name}, {"AttributeType", type}};
}
json::object index(const char* name, const char* hash, const char* projection = "ALL") {
  return {{"IndexName", name}, {"KeySchema", {key(hash)}}, {"Projection", {{"ProjectionType", projection}}}};
}

class ProvisionTest : public testing::Test {
 protected:
  ProvisionTest() {
    dynamodb::addOperations(service_, context_);
    apis_.add(service_);
  }

  static std::unique_ptr<Store> openInMemory() {
    StoreOptions options;
    options.in_memory = true;
    return Store::open(options);
  }

  static App::Table table() {
    return {{{"TableName", "table"},
             {"AttributeDefinitions", {attribute("pk", "S")}},
             {"KeySchema", {key("pk")}},
             {"BillingMode", "PAY_PER_REQUEST"}},
            std::nullopt};
  }
  static App::Table withIndexes(json::array indexes, json::array more_attributes) {
    App::Table made = table();
    made.create_table["GlobalSecondaryIndexes"] = std::move(indexes);
    for (json::value& one : more_attributes) made.create_table["AttributeDefinitions"].as_array().push_back(one);
    return made;
  }
  static App::Table withStream(const char* view) {
    App::Table made = table();
    made.create_table["StreamSpecification"] = {{"StreamEnabled", true}, {"StreamViewType", view}};
    return made;
  }
  static App::Table withTimeToLive(const char* attribute_name, bool enabled = true) {
    App::Table made = table();
    made.update_time_to_live = json::object{
        {"TableName", "table"}, {"TimeToLiveSpecification", {{"Enabled", enabled}, {"AttributeName", attribute_name}}}};
    return made;
  }

  void provisionIt(App::Table table) {
    App app;
    app.tables.push_back(std::move(table));
    Refusals refusals(app);
    provisionTables(app, service_, *store_, refusals);
  }
  std::string refusalOf(App::Table table) {
    try {
      provisionIt(std::move(table));
    } catch (const ProvisionError& e) {
      return e.what();
    }
    return "not refused";
  }

  json::object described() { return call(service_, "DescribeTable", {{"TableName", "table"}}).at("Table").as_object(); }
  std::vector<std::string> indexes() {
    std::vector<std::string> found;
    const json::object table = described();
    if (const json::value* list = table.if_contains("GlobalSecondaryIndexes")) {
      for (const json::value& one : list->as_array()) {
        found.push_back(textOf(one.as_object(), "IndexName") + " " +
                        textOf(one.at("KeySchema").at(0).as_object(), "AttributeName") + " " +
                        textOf(one.at("Projection").as_object(), "ProjectionType"));
      }
    }
    return found;
  }
  void put(const char* item) { call(service_, "PutItem", {{"TableName", "table"}, {"Item", parseJson(item)}}); }
  std::int64_t countIn(const char* index_name) {
    return call(service_, "Scan", {{"TableName", "table"}, {"IndexName", index_name}}).at("Count").as_int64();
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_ = openInMemory();
  dynamodb::Context context_{*store_, clock_, ids_, "us-east-1", "000000000000"};
  rpc::JsonApi service_{dynamodb::protocol()};
  rpc::Apis apis_;
};

TEST_F(ProvisionTest, IndexesFollowTheTemplate) {
  provisionIt(table());
  put(R"({"pk": {"S": "1"}, "a": {"S": "x"}, "b": {"N": "7"}})");
  provisionIt(withIndexes({index("one", "a"), index("two", "b")}, {attribute("a", "S"), attribute("b", "N")}));
  EXPECT_THAT(indexes(), ElementsAre("one a ALL", "two b ALL"));
  EXPECT_EQ(countIn("one"), 1);
  // Another projection, another key, one less.
  provisionIt(withIndexes({index("one", "b", "KEYS_ONLY")}, {attribute("b", "N")}));
  EXPECT_THAT(indexes(), ElementsAre("one b KEYS_ONLY"));
  EXPECT_EQ(countIn("one"), 1);
  // Another type of its attribute: the item has none of that type.
  provisionIt(withIndexes({index("one", "b", "KEYS_ONLY")}, {attribute("b", "S")}));
  EXPECT_EQ(countIn("one"), 0);
  provisionIt(table());
  EXPECT_THAT(indexes(), ElementsAre());
}

TEST_F(ProvisionTest, SeedsAreOfTablesThatThisStartCreates) {
  App app;
  app.tables.push_back(table());
  app.seeds.push_back({"table", {parseJson(R"({"pk": {"S": "1"}})"), parseJson(R"({"pk": {"S": "2"}})")}});
  app.seeds.push_back({"other", {parseJson(R"({"pk": {"S": "1"}})")}});
  const auto count = [&] { return call(service_, "Scan", {{"TableName", "table"}}).at("Count").as_int64(); };
  const auto start = [&] {
    Refusals refusals(app);
    provisionSeeds(app, apis_, provisionTables(app, service_, *store_, refusals), refusals);
  };
  start();
  EXPECT_EQ(count(), 2);
  call(service_, "DeleteItem", {{"TableName", "table"}, {"Key", {{"pk", {{"S", "1"}}}}}});
  start();
  EXPECT_EQ(count(), 1);
}

TEST_F(ProvisionTest, EveryRefusalIsKeptIfItGoesOn) {
  App app;
  for (const char* name : {"a", "good-table", "b"}) {
    app.tables.push_back(table());
    app.tables.back().create_table["TableName"] = name;
  }
  app.places["table a"] = "template.yaml:3: ";
  Refusals refusals(app, true);
  EXPECT_THAT(provisionTables(app, service_, *store_, refusals), ElementsAre("good-table"));
  ASSERT_EQ(refusals.errors().size(), 2u);
  EXPECT_EQ(refusals.errors()[0].place(), "template.yaml:3: ");
  EXPECT_THAT(refusals.errors()[0].text(), HasSubstr("table a: ValidationException: "));
  EXPECT_THAT(refusals.errors()[1].text(), HasSubstr("table b: "));
  EXPECT_TRUE(refusals.isRefused("table b"));
}

TEST_F(ProvisionTest, AValueThatNobodyGaveIsNoError) {
  App app;
  app.tables.push_back(table());
  app.tables.back().create_table["BillingMode"] = "TableBilling";
  app.stand_ins = {"TableBilling"};
  Refusals refusals(app);
  EXPECT_THAT(provisionTables(app, service_, *store_, refusals), ElementsAre());
  ASSERT_EQ(refusals.notes().size(), 1u);
  EXPECT_THAT(refusals.notes()[0].text(),
              HasSubstr("table table does not run offline, because \"TableBilling\" has no"));
}

TEST_F(ProvisionTest, AValueThatNobodyGaveExcusesOnlyTheWordsThatItIs) {
  App app;
  app.tables.push_back(table());
  app.tables.back().create_table["BillingMode"] = "stages";
  app.stand_ins = {"stage"};
  Refusals refusals(app, true);
  EXPECT_THAT(provisionTables(app, service_, *store_, refusals), ElementsAre());
  EXPECT_EQ(refusals.errors().size(), 1u);
  app.tables.back().create_table["BillingMode"] = "my-stage";
  provisionTables(app, service_, *store_, refusals);
  EXPECT_EQ(refusals.notes().size(), 1u);
}

TEST_F(ProvisionTest, IndexesThatSomebodyMadeByHandStay) {
  provisionIt(withIndexes({index("declared", "a")}, {attribute("a", "S")}));
  call(service_, "UpdateTable",
       {{"TableName", "table"},
        {"AttributeDefinitions", {attribute("b", "S")}},
        {"GlobalSecondaryIndexUpdates", {json::object{{"Create", index("by-hand", "b")}}}}});
  provisionIt(table());
  EXPECT_THAT(indexes(), ElementsAre("by-hand b ALL"));
}

TEST_F(ProvisionTest, NothingHappensWhenNothingChanged) {
  provisionIt(withIndexes({index("one", "a")}, {attribute("a", "S")}));
  provisionIt(withStream("NEW_IMAGE"));
  const json::object before = described();
  provisionIt(withStream("NEW_IMAGE"));
  EXPECT_EQ(described(), before);
}

TEST_F(ProvisionTest, AStreamOfAnotherViewIsANewStream) {
  provisionIt(table());
  provisionIt(withStream("NEW_IMAGE"));
  const json::object first = described();
  clock_.move(std::chrono::seconds(1));
  provisionIt(withStream("NEW_AND_OLD_IMAGES"));
  const json::object second = described();
  EXPECT_EQ(second.at("StreamSpecification").at("StreamViewType"), "NEW_AND_OLD_IMAGES");
  EXPECT_NE(first.at("LatestStreamArn"), second.at("LatestStreamArn"));
}

TEST_F(ProvisionTest, TimeToLiveFollowsTheTemplate) {
  const auto state = [&] {
    const json::object description =
        call(service_, "DescribeTimeToLive", {{"TableName", "table"}}).at("TimeToLiveDescription").as_object();
    return textOf(description, "TimeToLiveStatus") + " " + textOf(description, "AttributeName");
  };
  provisionIt(withTimeToLive("ttl"));
  EXPECT_EQ(state(), "ENABLED ttl");
  provisionIt(withTimeToLive("ttl"));
  provisionIt(withTimeToLive("expires"));
  EXPECT_EQ(state(), "ENABLED expires");
  provisionIt(withTimeToLive("ttl", false));
  EXPECT_EQ(state(), "DISABLED ");
  provisionIt(withTimeToLive("ttl", false));
  provisionIt(table());
  EXPECT_EQ(state(), "DISABLED ");
}

TEST_F(ProvisionTest, WhatCannotBeChangedIsRefusedInOneLine) {
  provisionIt(table());
  App::Table other = table();
  other.create_table["KeySchema"] = {key("id")};
  other.create_table["AttributeDefinitions"] = {attribute("id", "S")};
  EXPECT_THAT(refusalOf(other), HasSubstr("the table table exists with another key schema"));
  other = table();
  other.create_table["AttributeDefinitions"] = {attribute("pk", "N")};
  EXPECT_THAT(refusalOf(other), HasSubstr("another key schema"));
  const auto with_local = [](const char* projection) {
    json::object local = index("local", "pk", projection);
    local["KeySchema"].as_array().push_back(json::object{{"AttributeName", "a"}, {"KeyType", "RANGE"}});
    App::Table made = table();
    made.create_table["TableName"] = "with-local";
    made.create_table["KeySchema"].as_array().push_back(json::object{{"AttributeName", "b"}, {"KeyType", "RANGE"}});
    for (const char* name : {"a", "b"}) {
      made.create_table["AttributeDefinitions"].as_array().push_back(attribute(name, "S"));
    }
    made.create_table["LocalSecondaryIndexes"] = {local};
    return made;
  };
  provisionIt(with_local("ALL"));
  provisionIt(with_local("ALL"));
  EXPECT_THAT(refusalOf(with_local("KEYS_ONLY")), HasSubstr("other local secondary indexes"));
  // What the operation itself refuses is said in its words.
  EXPECT_THAT(refusalOf(withIndexes({index("one", "undefined")}, {})), HasSubstr("table table: ValidationException: "));
}

}  // namespace
}  // namespace ddblog::deploy
