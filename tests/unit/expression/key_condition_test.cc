// Key conditions, by themselves and against a key.
#include "expression/key_condition.h"

#include "unit/expression/fixtures.h"

namespace ddblog {
namespace {

using Type = AttributeValue::Type;

constexpr std::string_view kValues = R"({
  ":a": {"S": "a"}, ":b": {"S": "b"}, ":n": {"N": "1"}, ":m": {"N": "2"}, ":empty": {"S": ""}
})";

std::vector<KeyComparison> parse(std::string_view text) {
  Substitutions given = substitutions("", kValues);
  return parseKeyCondition(text, given);
}

KeyRange resolve(std::string_view text, std::vector<KeyAttributeName> hash, std::vector<KeyAttributeName> range) {
  return resolveKeyCondition(parse(text), hash, range);
}

// Against a table with the key pk (S), sk (N).
KeyRange resolve(std::string_view text) { return resolve(text, {{"pk", Type::kString}}, {{"sk", Type::kNumber}}); }

std::string refusal(std::string_view text) {
  return refusalOf([&] { resolve(text); });
}

TEST(KeyCondition, GivesTheHashValueAndTheRange) {
  EXPECT_EQ(resolve("pk = :a").hash, std::vector{AttributeValue("a")});
  EXPECT_FALSE(resolve("pk = :a").range_last);
  EXPECT_EQ(resolve("sk = :n AND pk = :a").range_equal, std::vector{AttributeValue(Decimal(1))});
  const auto operatorOf = [](std::string_view text) { return resolve(text).range_last->key_operator; };
  EXPECT_EQ(operatorOf("pk = :a AND sk > :n"), KeyOperator::kGreater);
  EXPECT_EQ(operatorOf("pk = :a AND :n > sk"), KeyOperator::kLess);
  EXPECT_EQ(operatorOf("(pk = :a) AND (sk <= :n)"), KeyOperator::kLessOrEqual);
  EXPECT_EQ(operatorOf("pk = :a AND sk BETWEEN :n AND :m"), KeyOperator::kBetween);
  EXPECT_EQ(resolve("pk = :a AND sk BETWEEN :n AND :m").range_last->values.size(), 2u);
  EXPECT_EQ(resolve("pk = :a AND begins_with(sk, :b)", {{"pk", Type::kString}}, {{"sk", Type::kString}})
                .range_last->key_operator,
            KeyOperator::kBeginsWith);
}

TEST(KeyCondition, TakesOperatorsThatKeysTakeOnly) {
  const std::string invalid = "Invalid operator used in KeyConditionExpression: ";
  EXPECT_EQ(refusal("pk = :a OR sk = :n"), invalid + "OR");
  EXPECT_EQ(refusal("NOT pk = :a"), invalid + "NOT");
  EXPECT_EQ(refusal("pk IN (:a)"), invalid + "IN");
  EXPECT_EQ(refusal("pk <> :a"), invalid + "<>");
  EXPECT_EQ(refusal("attribute_exists(pk)"), invalid + "attribute_exists");
  EXPECT_EQ(refusal("pk = :a AND contains(sk, :a)"), invalid + "contains");
}

TEST(KeyCondition, HasOneAttributeAndOneValueInEachCondition) {
  const std::string invalid = "Invalid KeyConditionExpression: Invalid condition in KeyConditionExpression: ";
  EXPECT_EQ(refusal("pk = sk"), invalid + "Multiple attribute names used in one condition");
  EXPECT_EQ(refusal(":a = :a"), invalid + "No key attribute specified");
  EXPECT_EQ(refusal("pk.x = :a"),
            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes");
  EXPECT_EQ(refusal("size(pk) = :n"), "KeyConditionExpressions cannot contain nested operations");
  EXPECT_EQ(refusal("pk = :a AND pk = :b"),
            "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key");
  EXPECT_EQ(refusal(":n BETWEEN sk AND :m"),
            invalid + "BETWEEN operator must have the key attribute as its first operand");
  EXPECT_EQ(refusal("begins_with(:a, pk)"),
            invalid + "begins_with operator must have the key attribute as its first operand");
}

TEST(KeyCondition, FitsTheKey) {
  EXPECT_EQ(refusal("sk = :n"), "Query condition missed key schema element: pk");
  EXPECT_EQ(refusal("pk = :a AND extra = :n"), "Query condition missed key schema element: sk");
  EXPECT_EQ(refusal("pk > :a"), "Query key condition not supported");
  EXPECT_EQ(refusal("pk = :a AND sk = :n AND extra = :n"),
            "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)");
  EXPECT_EQ(refusal("pk = :n"),
            "One or more parameter values were invalid: Condition parameter type does not match schema type");
  EXPECT_EQ(refusal("pk = :a AND sk > :a"),
            "One or more parameter values were invalid: Condition parameter type does not match schema type");
  EXPECT_EQ(
      refusal("pk = :empty"),
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk");
  EXPECT_EQ(refusalOf([] {
              resolve("pk = :a AND sk = :n", {{"pk", Type::kString}}, {});
            }),
            "The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)");
}

TEST(KeyCondition, TakesSeveralHashAndRangeAttributes) {
  const std::vector<KeyAttributeName> hash = {{"h1", Type::kString}, {"h2", Type::kString}};
  const std::vector<KeyAttributeName> range = {{"r1", Type::kNumber}, {"r2", Type::kString}, {"r3", Type::kString}};
  const KeyRange result = resolve("r2 > :a AND h2 = :b AND r1 = :n AND h1 = :a", hash, range);
  EXPECT_EQ(result.hash, (std::vector{AttributeValue("a"), AttributeValue("b")}));
  EXPECT_EQ(result.range_equal, std::vector{AttributeValue(Decimal(1))});
  EXPECT_EQ(result.range_last->attribute, "r2");
  const auto refused = [&](std::string_view text) { return refusalOf([&] { resolve(text, hash, range); }); };
  EXPECT_EQ(refused("h1 = :a"), "HASH key attributes h2 must have equality conditions specified in the query");
  EXPECT_EQ(refused("r1 = :n"), "HASH key attributes h1, h2 must have equality conditions specified in the query");
  const std::string range_words =
      "RANGE key attributes r1 must have equality conditions specified in the query because a condition is present on "
      "key attribute r2";
  EXPECT_EQ(refused("h1 = :a AND h2 = :a AND r2 = :a"), range_words);
  EXPECT_EQ(refused("h1 = :a AND h2 = :a AND r1 > :n AND r2 = :a"), range_words);
  EXPECT_EQ(refused("h1 = :a AND h2 = :a AND extra = :a"), "Query condition missed key schema element: r1");
}

}  // namespace
}  // namespace ddblog
