#include "cli/query/filter.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ddblog::cli {
namespace {

std::string expressionOf(std::string_view text) {
  json::object request;
  addFilter(request, text);
  return std::string(request.at("FilterExpression").as_string());
}

std::string translated(std::string_view text) {
  json::object request;
  addFilter(request, text);
  return json::serialize(request);
}

std::string errorOf(std::string_view text) {
  try {
    translated(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

TEST(Filter, TakesValuesAndNamesOutOfTheExpression) {
  EXPECT_EQ(translated("type = 'signup' and version > 2"),
            R"({"FilterExpression":"#f0 = :f0 and #f1 > :f1",)"
            R"("ExpressionAttributeNames":{"#f0":"type","#f1":"version"},)"
            R"("ExpressionAttributeValues":{":f0":{"S":"signup"},":f1":{"N":"2"}}})");
}

TEST(Filter, KeepsFunctionsOperatorsAndPaths) {
  EXPECT_EQ(expressionOf("not (contains(payload.name, 'Ada') OR attribute_exists(tags[0]))"),
            "not ( contains ( #f0.#f1 , :f0 ) or attribute_exists ( #f2[0] ) )");
  EXPECT_EQ(expressionOf("age between 1 and 3 or kind in ('a', 'b')"),
            "#f0 between :f0 and :f1 or #f1 in ( :f2 , :f3 )");
  EXPECT_EQ(expressionOf("size(name) >= 3"), "size ( #f0 ) >= :f0");
}

TEST(Filter, ReadsEveryKindOfValue) {
  json::object request;
  addFilter(request, R"(a = "x""y" or b = 'it''s' or c = -1.50e+3 or d = TRUE or e = null)");
  EXPECT_EQ(
      json::serialize(request.at("ExpressionAttributeValues")),
      R"({":f0":{"S":"x\"y"},":f1":{"S":"it's"},":f2":{"N":"-1.50e+3"},":f3":{"BOOL":true},":f4":{"NULL":true}})");
}

TEST(Filter, TakesAWordAfterADotForAnAttribute) {
  EXPECT_EQ(translated("a.and = 1"),
            R"({"FilterExpression":"#f0.#f1 = :f0","ExpressionAttributeNames":{"#f0":"a","#f1":"and"},)"
            R"("ExpressionAttributeValues":{":f0":{"N":"1"}}})");
}

TEST(Filter, TakesBackticksAndOtherSpellingsOfOperators) {
  EXPECT_EQ(translated("`first-name` == 'a' and `first-name` != 'b'"),
            R"({"FilterExpression":"#f0 = :f0 and #f0 <> :f1","ExpressionAttributeNames":{"#f0":"first-name"},)"
            R"("ExpressionAttributeValues":{":f0":{"S":"a"},":f1":{"S":"b"}}})");
}

TEST(Filter, JoinsTheNamesOfTheKeys) {
  json::object request{{"ExpressionAttributeNames", {{"#kp", "pk"}}}};
  addFilter(request, "a = 1");
  EXPECT_EQ(json::serialize(request.at("ExpressionAttributeNames")), R"({"#kp":"pk","#f0":"a"})");
}

TEST(Filter, SaysWhatItCannotRead) {
  EXPECT_EQ(errorOf("type = 'signup"), "--filter: the closing ' is missing of what begins at character 8");
  EXPECT_NE(errorOf("type = :type").find("no placeholders"), std::string::npos);
  EXPECT_EQ(errorOf("a = 1; b"), "--filter: there is no place in a filter for ';' at character 6");
  EXPECT_NE(errorOf("a[x] = 1").find("a number in brackets"), std::string::npos);
  EXPECT_EQ(errorOf("  "), "--filter is empty");
}

}  // namespace
}  // namespace ddblog::cli
