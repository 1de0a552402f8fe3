// ExpressionAttributeNames and ExpressionAttributeValues.
#include "expression/substitutions.h"

#include "unit/expression/fixtures.h"

namespace ddblog {
namespace {

std::string refusal(std::string_view names, std::string_view values, Substitutions::Use use = {}) {
  return refusalOf([&] { substitutions(names, values, use); });
}

TEST(Substitutions, StandForNamesAndValues) {
  Substitutions given = substitutions(R"({"#a":"name"})", R"({":v":{"N":"1"}})");
  EXPECT_EQ(*given.name("#a"), "name");
  EXPECT_EQ(given.value(":v")->number(), Decimal(1));
  EXPECT_EQ(given.name("#b"), nullptr);
  EXPECT_EQ(given.value(":w"), nullptr);
  given.refuseUnused();
}

TEST(Substitutions, ThatAreNotUsedAreRefusedNamesFirst) {
  Substitutions given = substitutions(R"({"#b":"b","#a":"a","#c":"c"})", R"({":v":{"N":"1"}})");
  given.name("#a");
  EXPECT_EQ(refusalOf([&] { given.refuseUnused(); }),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #c}");
  given.name("#b");
  given.name("#c");
  EXPECT_EQ(refusalOf([&] { given.refuseUnused(); }),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}");
}

TEST(Substitutions, NeedAnExpression) {
  EXPECT_EQ(refusal("{}", "{}", {.has_expression = false}),
            "ExpressionAttributeNames can only be specified when using expressions");
  EXPECT_EQ(refusal("", "{}", {.values_need = "ConditionExpression is null"}),
            "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null");
}

TEST(Substitutions, AreNotEmptyAndHaveProperKeys) {
  EXPECT_EQ(refusal("{}", ""), "ExpressionAttributeNames must not be empty");
  EXPECT_EQ(refusal("", "{}"), "ExpressionAttributeValues must not be empty");
  EXPECT_EQ(refusal(R"({"a":"a"})", ""), R"(ExpressionAttributeNames contains invalid key: Syntax error; key: "a")");
  EXPECT_EQ(refusal(R"({"#":"a"})", ""), R"(ExpressionAttributeNames contains invalid key: Syntax error; key: "#")");
  EXPECT_EQ(refusal(R"({"#a-b":"a"})", ""),
            R"(ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b")");
  EXPECT_EQ(refusal("", R"({"v":{"N":"1"}})"),
            R"(ExpressionAttributeValues contains invalid key: Syntax error; key: "v")");
}

TEST(Substitutions, RefuseInvalidValuesByTheirKey) {
  EXPECT_EQ(refusal("", R"({":v":{"N":"b"}})"),
            "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: b "
            "for key :v");
  EXPECT_THROW(substitutions("", R"({":v":{"S":1}})"), ApiError);
  // A wrong JSON type takes precedence.
  for (const std::string_view names : {"", R"({"a":"a"})"}) {
    try {
      substitutions(names, R"({"v":{"N":"b"},":v":{"S":1}})");
      ADD_FAILURE() << "not refused";
    } catch (const ApiError& error) {
      EXPECT_EQ(error.type(), "SerializationException");
    }
  }
  EXPECT_THROW(substitutions(R"({"#a":1})", ""), ApiError);
}

}  // namespace
}  // namespace ddblog
