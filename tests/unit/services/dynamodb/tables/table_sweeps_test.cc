// What the background threads of the table side do, called by hand: deleted tables' rest, many expired items.
#include <gtest/gtest.h>

#include <future>

#include "base/api_error.h"
#include "rpc/call.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/operations.h"
#include "services/dynamodb/tables/deleted_tables.h"
#include "services/dynamodb/tables/time_to_live.h"

namespace ddblog::dynamodb {
namespace {

StoreOptions inMemory() {
  StoreOptions options;
  options.in_memory = true;
  return options;
}

class TableSweepsTest : public testing::Test {
 protected:
  TableSweepsTest() { addOperations(service_, context_); }

  std::string call(const std::string& operation, const std::string& body) {
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    const rpc::Response response = rpc::callAndWait(*service_.find(operation), request).response();
    return response.body;
  }

  void makeTable() {
    call("CreateTable", R"({"TableName": "sweeps", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [{"IndexName": "same", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                                    "Projection": {"ProjectionType": "ALL"}}]})");
    id_ = context_.catalog.get(*store_->snapshot(), "sweeps")->id;
  }

  void put(int pk, const std::string& rest = "") {
    call("PutItem", R"({"TableName": "sweeps", "Item": {"pk": {"N": ")" + std::to_string(pk) + "\"}" + rest + "}}");
  }

  std::size_t count(const StoredRange& range) {
    std::size_t found = 0;
    const auto snapshot = store_->snapshot();
    for (auto cursor = snapshot->cursor(range.begin, range.end); cursor->valid(); cursor->next()) ++found;
    return found;
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_ = Store::open(inMemory());
  Context context_{*store_, clock_, ids_, "us-east-1", "000000000000"};
  rpc::JsonApi service_{protocol()};
  std::uint64_t id_ = 0;
};

TEST_F(TableSweepsTest, ADeletedTableIsGoneAtOnceAndItsItemsSoonAfter) {
  makeTable();
  for (int pk = 0; pk < 10; ++pk) put(pk);
  call("DeleteTable", R"({"TableName": "sweeps"})");
  EXPECT_THROW(call("DescribeTable", R"({"TableName": "sweeps"})"), ApiError);
  EXPECT_EQ(count(itemsOfTable(id_)), 10u);
  while (DeletedTables::sweep(context_) <= clock_.runningTime()) continue;
  EXPECT_EQ(count(itemsOfTable(id_)), 0u);
  EXPECT_EQ(count(indexEntriesOfTable(id_)), 0u);
}

TEST_F(TableSweepsTest, ATableOfTheSameNameStartsEmptyAndKeepsItsItems) {
  makeTable();
  put(1);
  call("DeleteTable", R"({"TableName": "sweeps"})");
  makeTable();
  EXPECT_NE(call("Scan", R"({"TableName": "sweeps"})").find(R"("Count":0)"), std::string::npos);
  put(2);
  while (DeletedTables::sweep(context_) <= clock_.runningTime()) continue;
  EXPECT_NE(call("Scan", R"({"TableName": "sweeps"})").find(R"("Count":1)"), std::string::npos);
}

TEST_F(TableSweepsTest, ADeletedIndexLosesItsEntriesAndTheTableNothing) {
  makeTable();
  put(1);
  call("UpdateTable", R"({"TableName": "sweeps", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "same"}}]})");
  while (DeletedTables::sweep(context_) <= clock_.runningTime()) continue;
  EXPECT_EQ(count(itemsOfTable(id_)), 1u);
  EXPECT_EQ(count(indexEntriesOfTable(id_)), 0u);
}

TEST_F(TableSweepsTest, MoreExpiredItemsThanOneCommandTakesAllGo) {
  makeTable();
  call("UpdateTimeToLive",
       R"({"TableName": "sweeps", "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "ttl"}})");
  const std::string due = std::to_string(clock_.now().time_since_epoch().count() / 1000 + 10);
  for (int pk = 0; pk < limits::kSweptPerCommand + 5; ++pk) put(pk, R"(, "ttl": {"N": ")" + due + "\"}");
  while (TimeToLive::sweep(context_) <= clock_.runningTime()) continue;
  EXPECT_EQ(count(itemsOfTable(id_)), std::size_t{limits::kSweptPerCommand} + 5);
  clock_.move(std::chrono::seconds(10));
  while (TimeToLive::sweep(context_) <= clock_.runningTime()) continue;
  EXPECT_EQ(count(itemsOfTable(id_)), 0u);
  EXPECT_EQ(count(indexEntriesOfTable(id_)), 0u);
}

TEST_F(TableSweepsTest, TheThreadDeletesWhenTheClockIsMoved) {
  makeTable();
  call("UpdateTimeToLive",
       R"({"TableName": "sweeps", "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "ttl"}})");
  const std::string due = std::to_string(clock_.now().time_since_epoch().count() / 1000 + 10);
  put(1, R"(, "ttl": {"N": ")" + due + "\"}");
  put(2);
  TimeToLive time_to_live(context_, [](std::string_view line) { ADD_FAILURE() << line; });
  clock_.move(std::chrono::seconds(10));
  while (count(itemsOfTable(id_)) == 2) std::this_thread::yield();
  EXPECT_EQ(count(itemsOfTable(id_)), 1u);
}

}  // namespace
}  // namespace ddblog::dynamodb
