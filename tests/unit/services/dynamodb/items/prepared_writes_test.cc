// Writes of large items are computed before their commands, and have the same outcome as if they were not.
#include <gtest/gtest.h>

#include <future>

#include "base/api_error.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "rpc/call.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/operations.h"
#include "store/key_space.h"
#include "store/store.h"
#include "unit/support/busy_writer.h"

namespace ddblog::dynamodb {
namespace {

class PreparedWrites : public testing::Test {
 protected:
  PreparedWrites() {
    addOperations(service_, context_);
    call("CreateTable", R"({"TableName":"items","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
        "BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"},
        "GlobalSecondaryIndexes":[{"IndexName":"index","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"ALL"}}]})");
    put("large", std::string(100'000, 'x'));
    put("small", "x");
  }

  std::future<rpc::Outcome> start(const std::string& operation, const std::string& body) {
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    auto promise = std::make_shared<std::promise<rpc::Outcome>>();
    (*service_.find(operation))(request, [promise](rpc::Outcome outcome) { promise->set_value(std::move(outcome)); });
    return promise->get_future();
  }
  // `done` is set with the second answer.
  void answerInto(std::vector<std::string>& order, const std::string& operation, const std::string& body,
                  std::promise<void>& done) {
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    (*service_.find(operation))(request, [&order, &done](rpc::Outcome outcome) {
      order.push_back(std::move(outcome).response().body);
      if (order.size() == 2) done.set_value();
    });
  }
  // The answer's body, or the error.
  static std::string outcome(std::future<rpc::Outcome> future) {
    rpc::Outcome ended = future.get();
    try {
      return std::move(ended).response().body;
    } catch (const ApiError& error) {
      return error.type() + ": " + error.message();
    }
  }
  std::string call(const std::string& operation, const std::string& body) { return outcome(start(operation, body)); }

  void put(const std::string& pk, const std::string& text) {
    call("PutItem", R"({"TableName":"items","Item":{"pk":{"S":")" + pk +
                        R"("},"g":{"S":"g"},"n":{"N":"1"},"l":{"L":[]},)" + R"("text":{"S":")" + text + R"("}}})");
  }
  std::string item(const std::string& pk, const std::string& attributes = "n") {
    return call("GetItem", R"({"TableName":"items","Key":{"pk":{"S":")" + pk + R"("}},"ProjectionExpression":")" +
                               attributes + R"("})");
  }
  static std::string update(const std::string& pk, const std::string& rest) {
    return R"({"TableName":"items","Key":{"pk":{"S":")" + pk + R"("}},)" + rest + "}";
  }
  ItemWrite increment(const std::string& pk) const {
    ItemWrite write;
    write.kind = ItemWrite::Kind::kUpdate;
    write.item = {{"pk", AttributeValue(pk)}};
    write.update = Update{{UpdateAction::add({"n", {}}, AttributeValue(Decimal(1)))}};
    return write;
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
  std::unique_ptr<Store> store_ = Store::open({.directory = {}, .in_memory = true});
  Context context_{*store_, clock_, ids_, "us-east-1", "000000000000"};
  rpc::JsonApi service_{protocol()};
};

const std::string kIncrement =
    R"("UpdateExpression":"ADD n :one","ConditionExpression":"n < :ten","ReturnValues":"UPDATED_NEW",
       "ExpressionAttributeValues":{":one":{"N":"1"},":ten":{"N":"10"}})";

TEST_F(PreparedWrites, HaveTheOutcomesOfOthers) {
  for (const std::string& request : {
           kIncrement,
           std::string(R"("UpdateExpression":"REMOVE l[0] SET l[1] = n, m = g")"),
           std::string(R"("UpdateExpression":"SET n = missing")"),
           std::string(R"("UpdateExpression":"SET n = n + pk")"),
           std::string(R"("UpdateExpression":"SET g = n")"),
           std::string(R"json("UpdateExpression":"SET n = g","ConditionExpression":"attribute_not_exists(pk)")json"),
           std::string(R"("UpdateExpression":"REMOVE n, g","ReturnValues":"UPDATED_OLD")"),
       }) {
    EXPECT_EQ(call("UpdateItem", update("large", request)), call("UpdateItem", update("small", request))) << request;
    EXPECT_EQ(item("large", "n, g, l"), item("small", "n, g, l")) << request;
  }
}

TEST_F(PreparedWrites, AreThoseOfLargeItems) {
  EXPECT_TRUE(isWorthPreparing(context_, "items", increment("large")));
  EXPECT_FALSE(isWorthPreparing(context_, "items", increment("small")));
  EXPECT_FALSE(isWorthPreparing(context_, "items", increment("none")));
  EXPECT_FALSE(isWorthPreparing(context_, "no table", increment("large")));
}

// Whoever sends them need not look at the item.
TEST_F(PreparedWrites, AreFoundByTheirCommands) {
  for (const std::string pk : {"large", "small", "none"}) {
    ItemWrite write = increment(pk);
    const auto apply = [&](Transaction& transaction) {
      applyWrite(transaction, context_, *context_.catalog.get(transaction, "items"), write);
    };
    write.can_be_prepared = true;
    if (pk == "large") {
      EXPECT_THROW(store_->writeAndWait(apply), StalePreparation);
    } else {
      EXPECT_NO_THROW(store_->writeAndWait(apply));
    }
    write.can_be_prepared = false;
    EXPECT_NO_THROW(store_->writeAndWait(apply));
  }
  EXPECT_EQ(item("large"), R"({"Item":{"n":{"N":"2"}}})");
  EXPECT_EQ(item("small"), R"({"Item":{"n":{"N":"3"}}})");
}

// They keep only the attributes that indexes and expiry need.
TEST_F(PreparedWrites, ChangeIndexesAndExpiryAsOthersDo) {
  call("CreateTable", R"({"TableName":"others","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"}],
      "BillingMode":"PAY_PER_REQUEST",
      "GlobalSecondaryIndexes":[{"IndexName":"keys","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"KEYS_ONLY"}},
      {"IndexName":"some","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["m","n"]}}]})");
  call("UpdateTimeToLive",
       R"({"TableName":"others","TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}})");
  const auto scanned = [&](const std::string& index) {
    return call("Scan", R"({"TableName":"others","IndexName":")" + index + R"("})");
  };
  const auto expiries = [&] {
    std::size_t count = 0;
    const std::string all = KeyBuilder(key_spaces::kExpiry).str();
    const auto snapshot = store_->snapshot();
    for (auto cursor = snapshot->cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) ++count;
    return count;
  };
  std::vector<std::string> outcomes;
  for (const std::size_t size : {10u, 100'000u}) {
    std::string seen;
    call("PutItem", R"({"TableName":"others","Item":{"pk":{"S":"a"},"g":{"S":"old"},"n":{"N":"1"},"m":{"N":"1"},
        "ttl":{"N":"4000000000"},"text":{"S":")" +
                        std::string(size, 'x') + R"("}}})");
    for (const std::string update : {R"(SET n = :new, g = :text REMOVE m)", R"(REMOVE g, #t)", R"(SET g = :text)"}) {
      const std::string names =
          update.find("#t") == std::string::npos
              ? R"("ExpressionAttributeValues":{":text":{"S":"new"})" +
                    std::string(update.find(":new") == std::string::npos ? "}" : R"(,":new":{"N":"2"}})")
              : R"("ExpressionAttributeNames":{"#t":"ttl"})";
      seen += call("UpdateItem", R"({"TableName":"others","Key":{"pk":{"S":"a"}},"UpdateExpression":")" + update +
                                     R"(",)" + names + R"(,"ReturnConsumedCapacity":"NONE"})");
      seen += scanned("keys") + scanned("some") + std::to_string(expiries());
    }
    call("DeleteItem", R"({"TableName":"others","Key":{"pk":{"S":"a"}}})");
    outcomes.push_back(seen + scanned("keys") + std::to_string(expiries()));
  }
  EXPECT_NE(outcomes[0].find(R"("n":{"N":"2"})"), std::string::npos);
  EXPECT_EQ(outcomes[0], outcomes[1]);
}

TEST_F(PreparedWrites, AreNotExecutedIfTheItemHasChanged) {
  ItemWrite write = increment("large");
  prepareWrite(*store_->snapshot(), context_, "items", write);
  const auto apply = [&](Transaction& transaction) {
    applyWrite(transaction, context_, *context_.catalog.get(transaction, "items"), write);
  };
  store_->writeAndWait(apply);
  EXPECT_EQ(item("large"), R"({"Item":{"n":{"N":"2"}}})");
  EXPECT_THROW(store_->writeAndWait(apply), StalePreparation);
  EXPECT_EQ(item("large"), R"({"Item":{"n":{"N":"2"}}})");
}

TEST_F(PreparedWrites, ArePreparedAgainUntilTheyAreExecuted) {
  std::vector<std::future<rpc::Outcome>> answers;
  {
    BusyWriter busy(*store_);  // all of them are prepared for the same item
    for (int i = 0; i < 9; ++i) answers.push_back(start("UpdateItem", update("large", kIncrement)));
    busy.release();
  }
  for (auto& answer : answers) EXPECT_EQ(outcome(std::move(answer)).find("Exception"), std::string::npos);
  EXPECT_EQ(item("large"), R"({"Item":{"n":{"N":"10"}}})");
  EXPECT_EQ(call("UpdateItem", update("large", kIncrement)),
            "ConditionalCheckFailedException: The conditional request failed");
}

TEST_F(PreparedWrites, OfATransactionAreExecutedTogether) {
  const std::string transaction = R"({"TransactItems":[{"Update":)" +
                                  update("large", R"("UpdateExpression":"ADD n :one",
                                         "ExpressionAttributeValues":{":one":{"N":"1"}})") +
                                  R"(},{"ConditionCheck":)" + update("small", R"("ConditionExpression":"n = :one",
                                         "ExpressionAttributeValues":{":one":{"N":"1"}})") +
                                  "}]}";
  EXPECT_EQ(call("TransactWriteItems", transaction), "{}");
  EXPECT_EQ(item("large"), R"({"Item":{"n":{"N":"2"}}})");
  call("UpdateItem", update("small", kIncrement));
  EXPECT_EQ(
      call("TransactWriteItems", transaction),
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons "
      "[None, ConditionalCheckFailed]");
  EXPECT_EQ(item("large"), R"({"Item":{"n":{"N":"2"}}})");
}

// Its rounds are commands of their own, so that others need not wait for all of them.
TEST_F(PreparedWrites, OfALargeBatchAreWrittenInRounds) {
  std::string requests;
  for (int i = 0; i < 25; ++i) {
    requests += (i > 0 ? "," : "") + std::string(R"({"PutRequest":{"Item":{"pk":{"S":"b)") + std::to_string(i) +
                R"("},"g":{"S":"g"},"text":{"S":")" + std::string(390'000, 'x') + R"("}}}})";
  }
  std::vector<std::string> order;  // of the answers, which the writer gives
  std::promise<void> done;
  BusyWriter busy(*store_);
  answerInto(order, "BatchWriteItem", R"({"RequestItems":{"items":[)" + requests + "]}}", done);
  answerInto(order, "UpdateItem", update("small", R"("UpdateExpression":"SET n = :two",
      "ExpressionAttributeValues":{":two":{"N":"2"}},"ReturnValues":"UPDATED_NEW")"),
             done);
  busy.release();
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<std::string>{R"({"Attributes":{"n":{"N":"2"}}})", R"({"UnprocessedItems":{}})"}));
  EXPECT_EQ(item("b0", "pk"), R"({"Item":{"pk":{"S":"b0"}}})");
  EXPECT_EQ(item("b24", "pk"), R"({"Item":{"pk":{"S":"b24"}}})");
}

}  // namespace
}  // namespace ddblog::dynamodb
