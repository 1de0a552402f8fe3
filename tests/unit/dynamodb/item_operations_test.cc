// What wire tests cannot show of operations on items: paths through indexes, pages of a size, time that is moved.
#include <gtest/gtest.h>

#include <future>

#include "api/operation.h"
#include "base/api_error.h"
#include "dynamodb/context.h"
#include "dynamodb/operations.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class ItemOperations : public testing::Test {
 protected:
  ItemOperations() { addOperations(service_, context_); }

  // The answer's body, or the refusal thrown.
  json::value call(const std::string& operation, const std::string& body) {
    std::promise<api::Outcome> promise;
    api::Request request;
    request.operation = operation;
    request.body = body;
    (*service_.find(operation))(request, [&](api::Outcome outcome) { promise.set_value(std::move(outcome)); });
    api::Outcome outcome = promise.get_future().get();
    if (outcome.refused) std::rethrow_exception(outcome.refused);
    return parseJson(outcome.answer.body);
  }

  std::string refusal(const std::string& operation, const std::string& body) {
    try {
      return "no refusal: " + json::serialize(call(operation, body));
    } catch (const ApiError& error) {
      return error.type() + ": " + error.message();
    }
  }

  void makeTable(const std::string& name, const std::string& rest = "") {
    call("CreateTable", R"({"TableName":")" + name + R"(","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
        {"AttributeName":"sk","KeyType":"RANGE"}],"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
        {"AttributeName":"sk","AttributeType":"N"}],"BillingMode":"PAY_PER_REQUEST")" +
                            rest + "}");
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_ = Store::open({.directory = {}, .in_memory = true});
  Context context_{*store_, clock_, ids_, "us-east-1", "000000000000"};
  api::JsonService service_{protocol()};
};

TEST_F(ItemOperations, AnEventIsAppendedOnceAndRead) {
  makeTable("logs");
  const std::string event = R"json({"TableName":"logs","ConditionExpression":"attribute_not_exists(pk)",
      "Item":{"pk":{"S":"users#1#stream"},"sk":{"N":"1"},"payload":{"M":{"id":{"S":"1"}}}}})json";
  EXPECT_EQ(json::serialize(call("PutItem", event)), "{}");
  EXPECT_EQ(refusal("PutItem", event), "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_EQ(
      json::serialize(call("GetItem", R"({"TableName":"logs","Key":{"pk":{"S":"users#1#stream"},"sk":{"N":"1.0"}}})")),
      R"({"Item":{"payload":{"M":{"id":{"S":"1"}}},"pk":{"S":"users#1#stream"},"sk":{"N":"1"}}})");
}

}  // namespace
}  // namespace ddblog::dynamodb
