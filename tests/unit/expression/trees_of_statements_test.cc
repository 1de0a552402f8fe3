// What the trees of expressions have for PartiQL's statements alone.
#include <optional>

#include "expression/condition.h"
#include "expression/key_condition.h"
#include "expression/projection.h"
#include "fixtures.h"

namespace ddblog {
namespace {

const DocumentPath kA{"a", {}};
const DocumentPath kInside{"a", {std::string("b")}};

Operand number(int value) { return Operand::value(AttributeValue(Decimal(value))); }

TEST(TreesOfStatements, SameHoldsWhenBothDoOrNeither) {
  const Condition exists = Condition::attributeExists(kA);
  const Condition positive = Condition::compare(Operand::path(kA), Comparator::kGreater, number(0));
  const Condition same = Condition::same(exists, positive);
  EXPECT_TRUE(evaluate(same, itemOf(R"({"a": {"N": "1"}})")));
  EXPECT_FALSE(evaluate(same, itemOf(R"({"a": {"N": "-1"}})")));
  EXPECT_TRUE(evaluate(same, itemOf("{}")));
  EXPECT_EQ(attributesOf(same), std::vector<std::string>{"a"});
}

TEST(TreesOfStatements, ComparisonsThatKeysTake) {
  auto comparison = asKeyComparison(Condition::compare(number(5), Comparator::kLess, Operand::path(kA)));
  ASSERT_TRUE(comparison);
  EXPECT_EQ(comparison->attribute, "a");
  EXPECT_EQ(comparison->key_operator, KeyOperator::kGreater);
  EXPECT_EQ(comparison->values, std::vector<AttributeValue>{AttributeValue(Decimal(5))});
  comparison = asKeyComparison(Condition::between(Operand::path(kA), number(1), number(2)));
  ASSERT_TRUE(comparison);
  EXPECT_EQ(comparison->values.size(), 2u);
}

TEST(TreesOfStatements, ComparisonsThatNoKeyTakes) {
  const auto compare = [](Operand left, Comparator comparator, Operand right) {
    return asKeyComparison(Condition::compare(std::move(left), comparator, std::move(right)));
  };
  EXPECT_FALSE(compare(Operand::path(kA), Comparator::kNotEqual, number(1)));
  EXPECT_FALSE(compare(Operand::path(kInside), Comparator::kEqual, number(1)));
  EXPECT_FALSE(compare(Operand::size(kA), Comparator::kEqual, number(1)));
  EXPECT_FALSE(compare(Operand::path(kA), Comparator::kEqual, Operand::attribute("b")));
  EXPECT_FALSE(compare(number(1), Comparator::kEqual, number(1)));
  EXPECT_FALSE(asKeyComparison(Condition::between(number(1), Operand::path(kA), number(2))));
  EXPECT_FALSE(asKeyComparison(Condition::attributeExists(kA)));
  EXPECT_FALSE(asKeyComparison(Condition::all({})));
  EXPECT_FALSE(asKeyComparison(Condition::any({})));
  EXPECT_FALSE(asKeyComparison(Condition::same(Condition::all({}), Condition::all({}))));
}

TEST(TreesOfStatements, ProjectionsCanNameTheirParts) {
  const Projection projection{{kInside, kA, {"none", {}}}, {"b", "whole", "none"}};
  EXPECT_EQ(jsonOf(project(projection, itemOf(R"({"a": {"M": {"b": {"N": "1"}}}})"))),
            R"({"b":{"N":"1"},"whole":{"M":{"b":{"N":"1"}}}})");
}

}  // namespace
}  // namespace ddblog
