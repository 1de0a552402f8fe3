#include "cli/query/key_condition.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ddblog::cli {
namespace {

const Keys kLogKeys{{"pk", "S"}, KeyAttribute{"sk", "N"}};

// "comparison: value value"
std::string parsed(std::string_view text) {
  const SortCondition condition = parseSortCondition(text);
  std::string shown = condition.comparison + ":";
  for (const std::string& value : condition.values) shown += " [" + value + "]";
  return shown;
}

std::string errorOf(std::string_view text) {
  try {
    parseSortCondition(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(SortCondition, ReadsWhatAPersonWrites) {
  EXPECT_EQ(parsed("3"), "=: [3]");
  EXPECT_EQ(parsed("= 3"), "=: [3]");
  EXPECT_EQ(parsed(">=3"), ">=: [3]");
  EXPECT_EQ(parsed(" < 3 "), "<: [3]");
  EXPECT_EQ(parsed("<= -1.5"), "<=: [-1.5]");
  EXPECT_EQ(parsed("> a b"), ">: [a b]");
  EXPECT_EQ(parsed("begins_with users#"), "begins_with: [users#]");
  EXPECT_EQ(parsed("BEGINS_WITH 'a '"), "begins_with: [a ]");
  EXPECT_EQ(parsed("between 3 7"), "between: [3] [7]");
  EXPECT_EQ(parsed("between 3 and 7"), "between: [3] [7]");
  EXPECT_EQ(parsed("Between 'a b' AND \"c d\""), "between: [a b] [c d]");
}

TEST(SortCondition, TakesAValueThatOnlyLooksLikeAWordOfItsOwn) {
  EXPECT_EQ(parsed("betweenness"), "=: [betweenness]");
  EXPECT_EQ(parsed("'= 3'"), "=: [= 3]");
}

TEST(SortCondition, SaysWhatIsMissing) {
  EXPECT_NE(errorOf("").find("the value is missing"), std::string::npos);
  EXPECT_NE(errorOf(">=").find("the value is missing"), std::string::npos);
  EXPECT_NE(errorOf("between 3").find("between wants two values"), std::string::npos);
  EXPECT_NE(errorOf("between 3 and 4 5").find("between wants two values"), std::string::npos);
  EXPECT_NE(errorOf("between 'a").find("a quote is missing"), std::string::npos);
}

TEST(KeyCondition, BecomesAnExpression) {
  json::object request;
  addKeyCondition(request, kLogKeys, "users#42#stream", parseSortCondition("between 3 and 7"));
  EXPECT_EQ(json::serialize(request),
            R"({"KeyConditionExpression":"#kp = :kp AND #ks BETWEEN :ks AND :ke",)"
            R"("ExpressionAttributeNames":{"#kp":"pk","#ks":"sk"},)"
            R"("ExpressionAttributeValues":{":kp":{"S":"users#42#stream"},":ks":{"N":"3"},":ke":{"N":"7"}}})");
}

TEST(KeyCondition, WithoutASortConditionIsThePartition) {
  json::object request;
  addKeyCondition(request, kLogKeys, "x", std::nullopt);
  EXPECT_EQ(request.at("KeyConditionExpression"), "#kp = :kp");
}

TEST(KeyCondition, ChecksNumbersAndThatThereIsASortKey) {
  json::object request;
  EXPECT_THROW(addKeyCondition(request, kLogKeys, "x", parseSortCondition(">= three")), std::invalid_argument);
  EXPECT_THROW(addKeyCondition(request, {{"pk", "S"}, std::nullopt}, "x", parseSortCondition("3")),
               std::invalid_argument);
  EXPECT_NO_THROW(addKeyCondition(request, kLogKeys, "x", parseSortCondition("12345678901234567890123456789")));
}

}  // namespace
}  // namespace ddblog::cli
