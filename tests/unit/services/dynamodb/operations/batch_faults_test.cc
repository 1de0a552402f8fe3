// Faults of batches: parts that are left undone, as by a table that is short of throughput.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/api_error.h"
#include "base/faults.h"
#include "base/json.h"
#include "rpc/call.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/operations.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class FaultyTables {
 public:
  explicit FaultyTables(double rate) : faults_(settings(rate)) {
    addOperations(service_, context_);
    call("CreateTable", R"({"TableName":"items","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"})");
  }

  json::value call(const std::string& operation, const std::string& body) {
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    return parseJson(rpc::callAndWait(*service_.find(operation), request).response().body);
  }
  std::string refusal(const std::string& operation, const std::string& body) {
    try {
      return "no refusal: " + json::serialize(call(operation, body));
    } catch (const ApiError& error) {
      return error.type();
    }
  }
  std::size_t items() { return call("Scan", R"({"TableName":"items"})").at("Count").to_number<std::size_t>(); }
  std::uint64_t injected() const { return faults_.count(Fault::kPartialFailure).injected; }

 private:
  static FaultSettings settings(double rate) {
    FaultSettings settings{.seed = 7};
    settings.rates[static_cast<std::size_t>(Fault::kPartialFailure)] = rate;
    return settings;
  }
  static StoreOptions inMemory() {
    StoreOptions options;
    options.in_memory = true;
    return options;
  }

  std::unique_ptr<Store> store_ = Store::open(inMemory());
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  Faults faults_;
  Context context_{*store_, clock_, ids_, "us-east-1", "000000000000", &faults_};
  rpc::JsonApi service_{protocol()};
};

// The requests of a batch of ten puts.
json::object puts() {
  json::array requests;
  for (int i = 0; i < 10; ++i) {
    requests.push_back(parseJson(R"({"PutRequest":{"Item":{"pk":{"S":")" + std::to_string(i) + R"("}}}})"));
  }
  return {{"items", requests}};
}

json::object keys() {
  json::array keys;
  for (int i = 0; i < 10; ++i) keys.push_back(parseJson(R"({"pk":{"S":")" + std::to_string(i) + R"("}})"));
  return {{"items", json::object{{"Keys", keys}, {"ConsistentRead", true}}}};
}

std::string asRequest(const json::value& items) { return json::serialize(json::object{{"RequestItems", items}}); }

TEST(BatchFaults, LeaveWritesUnprocessedWhichSucceedInTheEnd) {
  FaultyTables tables(0.5);
  json::value left = puts();
  int calls = 0;
  for (; !left.as_object().empty() && calls < 30; ++calls) {
    try {
      left = tables.call("BatchWriteItem", asRequest(left)).at("UnprocessedItems");
    } catch (const ApiError& error) {
      EXPECT_EQ(error.type(), "ProvisionedThroughputExceededException");
    }
    if (calls == 0) {
      EXPECT_EQ(tables.items() + left.at("items").as_array().size(), 10u);
      EXPECT_GT(tables.items(), 0u);
    }
  }
  EXPECT_GT(calls, 1);
  EXPECT_EQ(tables.items(), 10u);
  EXPECT_GT(tables.injected(), 0u);
}

TEST(BatchFaults, LeaveKeysUnprocessedInTheFormOfARequest) {
  FaultyTables tables(0.5);
  const json::value first = tables.call("BatchGetItem", asRequest(keys()));
  const json::value left = first.at("UnprocessedKeys").at("items");
  EXPECT_TRUE(left.at("ConsistentRead").as_bool());
  EXPECT_GT(left.at("Keys").as_array().size(), 0u);
  EXPECT_LT(left.at("Keys").as_array().size(), 10u);
}

TEST(BatchFaults, FailABatchOfWhichNothingIsDone) {
  FaultyTables tables(1);
  EXPECT_EQ(tables.refusal("BatchWriteItem", asRequest(puts())), "ProvisionedThroughputExceededException");
  EXPECT_EQ(tables.refusal("BatchGetItem", asRequest(keys())), "ProvisionedThroughputExceededException");
  EXPECT_EQ(tables.items(), 0u);
}

TEST(BatchFaults, DoNotHideWhatIsInvalid) {
  FaultyTables tables(1);
  EXPECT_EQ(tables.refusal("BatchWriteItem",
                           asRequest(parseJson(R"({"items":[{"PutRequest":{"Item":{"no":{"S":"key"}}}}]})"))),
            "ValidationException");
}

TEST(BatchFaults, FailStatementsOfABatch) {
  FaultyTables tables(1);
  const json::value answer =
      tables.call("BatchExecuteStatement", R"({"Statements":[{"Statement":"INSERT INTO items VALUE {'pk': 'a'}"}]})");
  EXPECT_EQ(answer.at("Responses").at(0).at("Error").at("Code").as_string(), "ProvisionedThroughputExceeded");
  EXPECT_EQ(tables.items(), 0u);
}

TEST(BatchFaults, AreTheSameWithTheSameSeed) {
  const auto left = [] { return FaultyTables(0.5).call("BatchWriteItem", asRequest(puts())).at("UnprocessedItems"); };
  EXPECT_EQ(left(), left());
}

}  // namespace
}  // namespace ddblog::dynamodb
