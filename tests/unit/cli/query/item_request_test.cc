#include "cli/query/item_request.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ddblog::cli {
namespace {

TableInfo orders() {
  return tableInfoOf(parseJson(R"({
    "TableName": "orders",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "N"},
                             {"AttributeName": "email", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [{"IndexName": "by-email", "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}]}]
  })")
                         .as_object());
}

std::string errorOf(const ItemQuestion& question) {
  try {
    requestFor(orders(), question);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(ItemRequest, IsAQueryWithAKeyAndAScanWithout) {
  const ItemRequest query = requestFor(orders(), {.partition = "7", .sort_condition = "> 3", .reverse = true});
  EXPECT_EQ(query.operation, "Query");
  EXPECT_EQ(query.request.at("ConsistentRead"), true);
  EXPECT_EQ(query.request.at("ScanIndexForward"), false);
  EXPECT_EQ(query.request.at("ExpressionAttributeValues").at(":ks"), json::value({{"N", "3"}}));
  const ItemRequest scan = requestFor(orders(), {.filter = "email = 'a'"});
  EXPECT_EQ(scan.operation, "Scan");
  EXPECT_EQ(scan.request.at("FilterExpression"), "#f0 = :f0");
}

TEST(ItemRequest, ReadsAnIndexByItsOwnKeysEventuallyConsistent) {
  const ItemRequest query = requestFor(orders(), {.partition = "a@localhost", .index = "by-email"});
  EXPECT_EQ(query.request.at("ExpressionAttributeNames").at("#kp"), "email");
  EXPECT_FALSE(query.request.contains("ConsistentRead"));
}

TEST(ItemRequest, SaysWhatDoesNotFit) {
  EXPECT_EQ(errorOf({.partition = "a", .index = "by-emial"}),
            "the table orders has no index by-emial; did you mean by-email?");
  EXPECT_EQ(errorOf({.partition = "a", .index = "z"}), "the table orders has no index z; it has by-email");
  EXPECT_EQ(errorOf({.sort_condition = "3"}), "--sk needs --pk: the items of different partition keys have no order");
  EXPECT_EQ(errorOf({.reverse = true}), "--reverse needs --pk: the items of different partition keys have no order");
  EXPECT_EQ(errorOf({.partition = "a", .sort_condition = "3", .index = "by-email"}),
            "there is no sort key here, so --sk has no meaning");
  EXPECT_EQ(errorOf({.partition = ""}), "--pk is empty: give it a value, or leave --pk out");
  EXPECT_EQ(errorOf({.partition = "a", .sort_condition = ""}), "--sk is empty: give it a value, or leave --sk out");
  EXPECT_EQ(errorOf({.filter = ""}), "--filter is empty: give it a value, or leave --filter out");
}

}  // namespace
}  // namespace ddblog::cli
