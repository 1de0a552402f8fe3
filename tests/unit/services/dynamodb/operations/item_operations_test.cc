// What wire tests cannot show of operations on items: paths through indexes, pages of a size, time that is moved.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <set>

#include "base/api_error.h"
#include "rpc/call.h"
#include "rpc/operation.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/operations.h"
#include "store/key_space.h"
#include "store/store.h"
#include "unit/support/busy_writer.h"

namespace ddblog::dynamodb {
namespace {

class ItemOperations : public testing::Test {
 protected:
  ItemOperations() { addOperations(service_, context_); }

  // The answer's body, or the refusal thrown.
  json::value call(const std::string& operation, const std::string& body) {
    rpc::Request request;
    request.operation = operation;
    request.body = body;
    const rpc::Response response = rpc::callAndWait(*service_.find(operation), request).response();
    return parseJson(response.body);
  }

  // Requests that arrive while the writer is busy, so that all of them are part of one batch. The answers' bodies, or
  // the refusals.
  std::vector<std::string> callTogether(const std::vector<std::pair<std::string, std::string>>& requests) {
    BusyWriter busy(*store_);
    std::vector<std::promise<rpc::Outcome>> promises(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
      rpc::Request request;
      request.operation = requests[i].first;
      request.body = requests[i].second;
      (*service_.find(request.operation))(request,
                                          [&, i](rpc::Outcome outcome) { promises[i].set_value(std::move(outcome)); });
    }
    busy.release();
    std::vector<std::string> answers;
    for (std::promise<rpc::Outcome>& promise : promises) {
      rpc::Outcome outcome = promise.get_future().get();
      try {
        answers.push_back(outcome.response().body);
      } catch (const ApiError& error) {
        answers.push_back(error.type() + ": " + error.message() + json::serialize(error.fields()));
      }
    }
    return answers;
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
  rpc::JsonApi service_{protocol()};
};

std::string number(int value) { return std::to_string(value); }

std::string put(const std::string& table, const std::string& item) {
  return R"({"TableName":")" + table + R"(","Item":)" + item + "}";
}

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

std::string key(const std::string& pk) { return R"({"pk":{"S":")" + pk + R"("},"sk":{"N":"1"}})"; }

std::string transactPuts(const std::vector<std::string>& keys) {
  std::string actions;
  for (const std::string& one : keys) {
    actions += (actions.empty() ? "" : ",") + std::string(R"({"Put":)") + put("logs", key(one)) + "}";
  }
  return R"({"TransactItems":[)" + actions + "]}";
}

TEST_F(ItemOperations, AWriteOfAnItemWhoseTransactionIsNotPermanentYetConflictsWithIt) {
  makeTable("logs");
  const std::string in_a = R"({"TableName":"logs","Key":)" + key("a") + "}";
  const std::string conflict = "TransactionConflictException: Transaction is ongoing for the item{}";
  const auto answers = callTogether({
      {"TransactWriteItems", transactPuts({"a", "b"})},
      {"PutItem", put("logs", key("a"))},
      {"UpdateItem", in_a},
      {"DeleteItem", in_a},
      {"ExecuteStatement", R"({"Statement":"DELETE FROM logs WHERE pk='a' AND sk=1"})"},
      {"TransactWriteItems", transactPuts({"c", "b"})},
      {"BatchExecuteStatement", R"({"Statements":[{"Statement":"DELETE FROM logs WHERE pk='b' AND sk=1"}]})"},
      {"PutItem", put("logs", key("c"))},
      {"BatchWriteItem", R"({"RequestItems":{"logs":[{"PutRequest":{"Item":)" + key("b") + "}}]}}"},
  });
  EXPECT_EQ(answers[0], "{}");
  for (int i : {1, 2, 3, 4}) EXPECT_EQ(answers[static_cast<std::size_t>(i)], conflict) << i;
  EXPECT_EQ(answers[5],
            "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific "
            R"(reasons [None, TransactionConflict]{"CancellationReasons":[{"Code":"None"},)"
            R"({"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}]})");
  EXPECT_EQ(parseJson(answers[6]).at("Responses").at(0).at("Error").at("Code"), "TransactionConflict");
  EXPECT_EQ(answers[7], "{}") << "the transaction that conflicted is not ongoing";
  EXPECT_EQ(answers[8], R"({"UnprocessedItems":{}})");
  EXPECT_EQ(json::serialize(call("PutItem", put("logs", key("a")))), "{}") << "the transaction is over";
}

TEST_F(ItemOperations, AStatementsTransactionIsATransactionToo) {
  makeTable("logs");
  const std::string statements = R"({"TransactStatements":[{"Statement":"INSERT INTO logs VALUE {'pk':'a','sk':1}"}]})";
  const auto answers = callTogether(
      {{"ExecuteTransaction", statements}, {"PutItem", put("logs", key("a"))}, {"ExecuteTransaction", statements}});
  EXPECT_EQ(answers[0], R"({"Responses":[]})");
  EXPECT_EQ(answers[1], "TransactionConflictException: Transaction is ongoing for the item{}");
  EXPECT_NE(answers[2].find("[TransactionConflict]"), std::string::npos) << answers[2];
}

TEST_F(ItemOperations, APageEndsWhenItsItemsMakeAMegabyte) {
  makeTable("logs");
  const std::string payload(100 << 10, 'x');
  for (int i = 1; i <= 25; ++i) {
    call("PutItem",
         put("logs", R"({"pk":{"S":"a"},"sk":{"N":")" + number(i) + R"("},"p":{"S":")" + payload + R"("}})"));
  }
  const std::string query = R"({"TableName":"logs","KeyConditionExpression":"pk = :p","ProjectionExpression":"sk",
      "ExpressionAttributeValues":{":p":{"S":"a"}},"ReturnConsumedCapacity":"TOTAL")";
  int pages = 0;
  std::int64_t read = 0;
  std::string start;
  do {
    const json::value page = call("Query", query + start + "}");
    const json::object& answer = page.get_object();
    ++pages;
    read += answer.at("Count").to_number<std::int64_t>();
    start.clear();
    if (answer.contains("LastEvaluatedKey")) {
      EXPECT_EQ(answer.at("Count").to_number<int>(), 11);  // the item that reaches 1 MB is still in
      EXPECT_GT(answer.at("ConsumedCapacity").at("CapacityUnits").to_number<double>(), 128.0);
      start = ",\"ExclusiveStartKey\":" + json::serialize(answer.at("LastEvaluatedKey"));
    }
  } while (!start.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(read, 25);
}

TEST_F(ItemOperations, TheSegmentsOfAParallelScanHoldEveryItemOnce) {
  makeTable("logs");
  for (int i = 0; i < 60; ++i) {
    call("PutItem", put("logs", R"({"pk":{"S":"user)" + number(i) + R"("},"sk":{"N":"1"}})"));
  }
  for (int total : {1, 4, 7, 1'000'000}) {
    std::set<std::string> seen;
    std::int64_t count = 0;
    // Of a million segments those around each item's own are enough to look at.
    for (int segment = 0; segment < std::min(total, 7); ++segment) {
      const json::value answer = call(
          "Scan", R"({"TableName":"logs","Segment":)" + number(segment) + R"(,"TotalSegments":)" + number(total) + "}");
      count += answer.at("Count").to_number<std::int64_t>();
      for (const json::value& item : answer.at("Items").get_array()) {
        seen.emplace(item.at("pk").at("S").get_string());
      }
    }
    if (total > 7) continue;
    EXPECT_EQ(count, 60) << total;
    EXPECT_EQ(seen.size(), 60u) << total;
  }
}

TEST_F(ItemOperations, AStartKeyOfAnotherSegmentIsRefused) {
  makeTable("logs");
  int refused = 0;
  for (int segment = 0; segment < 4; ++segment) {
    const std::string scan = R"({"TableName":"logs","ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"N":"1"}},
        "TotalSegments":4,"Segment":)" +
                             number(segment) + "}";
    const std::string words = refusal("Scan", scan);
    if (words ==
        "ValidationException: The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
        "ExclusiveStartKey with correct Segment. TotalSegments: 4 Segment: " +
            number(segment)) {
      ++refused;
    }
  }
  EXPECT_EQ(refused, 3);
}

TEST_F(ItemOperations, AWriteCostsAUnitForEachKilobyteOfTheLargerImage) {
  makeTable("logs");
  const auto units = [&](std::size_t bytes) {
    return call(
               "PutItem", R"({"TableName":"logs","ReturnConsumedCapacity":"TOTAL","Item":{"pk":{"S":"a"},"sk":{"N":"1"},
        "p":{"S":")" + std::string(bytes, 'x') +
                              R"("}}})")
        .at("ConsumedCapacity")
        .at("CapacityUnits")
        .to_number<double>();
  };
  const std::size_t others = 2 + 1 + 2 + 2 + 1;  // pk and its text, sk and its number, p
  EXPECT_EQ(units(1024 - others), 1);
  EXPECT_EQ(units(1025 - others), 2);
  EXPECT_EQ(units(5000), 5);
  EXPECT_EQ(units(1), 5);  // it was 5 KB before
  EXPECT_EQ(units(1), 1);
}

TEST_F(ItemOperations, AnItemMayHave400Kilobytes) {
  makeTable("logs");
  const auto item = [](std::size_t bytes) {
    return R"({"pk":{"S":"a"},"sk":{"N":"1"},"p":{"S":")" + std::string(bytes, 'x') + R"("}})";
  };
  const std::size_t others = 8;
  EXPECT_EQ(json::serialize(call("PutItem", put("logs", item((400 << 10) - others)))), "{}");
  EXPECT_EQ(refusal("PutItem", put("logs", item((400 << 10) - others + 1))),
            "ValidationException: Item size has exceeded the maximum allowed size");
  EXPECT_EQ(refusal("UpdateItem", R"({"TableName":"logs","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},
      "UpdateExpression":"SET q = :q","ExpressionAttributeValues":{":q":{"S":"xx"}}})"),
            "ValidationException: Item size to update has exceeded the maximum allowed size");
}

TEST_F(ItemOperations, AnUpdateMayNotNestDeeperThan32Levels) {
  makeTable("logs");
  std::string deep = R"({"S":"x"})";
  for (int level = 0; level < 30; ++level) deep = R"({"L":[)" + deep + "]}";
  const std::string key = R"({"TableName":"logs","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},)";
  const std::string values = R"("ExpressionAttributeValues":{":v":)" + deep + "}}";
  call("UpdateItem", key + R"("UpdateExpression":"SET v = :v",)" + values);
  call("UpdateItem",
       key + R"("UpdateExpression":"SET m = :m","ExpressionAttributeValues":{":m":{"M":{"n":{"M":{}}}}}})");
  call("UpdateItem", key + R"("UpdateExpression":"SET m.v = :v",)" + values);
  EXPECT_EQ(refusal("UpdateItem", key + R"("UpdateExpression":"SET m.n.v = :v",)" + values),
            "ValidationException: Nesting Levels have exceeded supported limits");
}

TEST_F(ItemOperations, AnIndexMayHaveSeveralHashAndRangeAttributes) {
  call("CreateTable", R"({"TableName":"games","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"cup","AttributeType":"S"},
        {"AttributeName":"area","AttributeType":"S"},{"AttributeName":"turn","AttributeType":"N"},
        {"AttributeName":"board","AttributeType":"N"}],
      "GlobalSecondaryIndexes":[{"IndexName":"by-cup","KeySchema":[{"AttributeName":"cup","KeyType":"HASH"},
        {"AttributeName":"area","KeyType":"HASH"},{"AttributeName":"turn","KeyType":"RANGE"},
        {"AttributeName":"board","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
      "BillingMode":"PAY_PER_REQUEST"})");
  for (int i = 0; i < 6; ++i) {
    call("PutItem",
         put("games", R"({"pk":{"S":")" + number(i) + R"("},"cup":{"S":"c"},"area":{"S":")" + (i < 4 ? "n" : "s") +
                          R"("},"turn":{"N":")" + number(i / 2) + R"("},"board":{"N":")" + number(9 - i) + R"("}})"));
  }
  call("PutItem", put("games", R"({"pk":{"S":"x"},"cup":{"S":"c"},"turn":{"N":"1"},"board":{"N":"1"}})"));
  const auto keys = [&](const std::string& condition, const std::string& values) {
    std::string found;
    const json::value answer = call("Query", R"({"TableName":"games","IndexName":"by-cup","KeyConditionExpression":")" +
                                                 condition + R"(","ExpressionAttributeValues":)" + values + "}");
    for (const json::value& item : answer.at("Items").get_array()) {
      found += std::string_view(item.at("pk").at("S").get_string());
    }
    return found;
  };
  EXPECT_EQ(keys("cup = :c AND area = :a", R"({":c":{"S":"c"},":a":{"S":"n"}})"), "1032");
  EXPECT_EQ(keys("cup = :c AND area = :a AND turn = :t AND board > :b",
                 R"({":c":{"S":"c"},":a":{"S":"n"},":t":{"N":"0"},":b":{"N":"8"}})"),
            "0");
  EXPECT_EQ(keys("cup = :c AND area = :a AND turn > :t", R"({":c":{"S":"c"},":a":{"S":"n"},":t":{"N":"0"}})"), "32");
  EXPECT_EQ(call("Scan", R"({"TableName":"games","IndexName":"by-cup"})").at("Count").to_number<int>(), 6);
}

TEST_F(ItemOperations, EndedTokensAreTakenOutAgain) {
  makeTable("logs");
  const auto transact = [&](int i) {
    call("TransactWriteItems",
         R"({"ClientRequestToken":"t)" + number(i) + R"(","TransactItems":[{"Put":{"TableName":"logs",
        "Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}}]})");
  };
  const auto kept = [&] {
    int count = 0;
    const std::string begin(1, static_cast<char>(key_spaces::kTransactionTokens));
    const auto snapshot = store_->snapshot();
    for (auto cursor = snapshot->cursor(begin, endOfPrefix(begin)); cursor->valid(); cursor->next()) ++count;
    return count;
  };
  for (int i = 0; i < 10; ++i) transact(i);
  EXPECT_EQ(kept(), 20);
  clock_.move(std::chrono::minutes(11));
  transact(10);
  EXPECT_EQ(kept(), 2);
}

TEST_F(ItemOperations, AnswersOfBatchesEndAt16Megabytes) {
  makeTable("logs");
  const std::string payload(399 << 10, 'x');
  std::string keys;
  for (int i = 1; i <= 50; ++i) {
    call("PutItem",
         put("logs", R"({"pk":{"S":"a"},"sk":{"N":")" + number(i) + R"("},"p":{"S":")" + payload + R"("}})"));
    keys += (i > 1 ? "," : "") + (R"({"pk":{"S":"a"},"sk":{"N":")" + number(i) + R"("}})");
  }
  const json::value answer =
      call("BatchGetItem", R"({"RequestItems":{"logs":{"Keys":[)" + keys + R"(],"ConsistentRead":true}}})");
  const std::size_t read = answer.at("Responses").at("logs").get_array().size();
  const json::object& left = answer.at("UnprocessedKeys").at("logs").get_object();
  EXPECT_EQ(read, 41u);
  EXPECT_EQ(left.at("Keys").get_array().size(), 9u);
  EXPECT_TRUE(left.at("ConsistentRead").get_bool());
}

}  // namespace
}  // namespace ddblog::dynamodb
