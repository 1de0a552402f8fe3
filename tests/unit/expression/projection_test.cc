// Projections: which parts of an item are answered.
#include "expression/projection.h"

#include "unit/expression/fixtures.h"

namespace ddblog {
namespace {

constexpr std::string_view kItem = R"({
  "a": {"N": "1"}, "b": {"M": {"x": {"S": "x"}, "y": {"M": {"z": {"S": "z"}}}}},
  "l": {"L": [{"N": "0"}, {"N": "1"}, {"M": {"k": {"S": "k"}, "j": {"S": "j"}}}]}
})";

Projection parse(std::string_view text) {
  Substitutions given = substitutions(R"({"#x":"x","#n":"name"})", "");
  return parseProjection(text, given);
}

std::string projected(std::string_view text) { return jsonOf(project(parse(text), itemOf(kItem))); }

std::string refusal(std::string_view text) {
  return refusalOf([&] { parse(text); });
}

TEST(Projection, TakesAttributesMembersAndElements) {
  EXPECT_EQ(projected("a, lacking"), R"({"a":{"N":"1"}})");
  EXPECT_EQ(projected("b.#x"), R"({"b":{"M":{"x":{"S":"x"}}}})");
  EXPECT_EQ(projected("b.y.z,b.x"), R"({"b":{"M":{"x":{"S":"x"},"y":{"M":{"z":{"S":"z"}}}}}})");
  EXPECT_EQ(projected("l[2].k, l[0]"), R"({"l":{"L":[{"N":"0"},{"M":{"k":{"S":"k"}}}]}})");
  EXPECT_EQ(projected("a.x, l.x, b[0]"), "{}");
  EXPECT_EQ(projected("l[7], b.lacking"), "{}");
}

TEST(Projection, IsAlsoMadeFromNames) {
  EXPECT_EQ(jsonOf(project(Projection::ofAttributes({"a", "b.x"}), itemOf(kItem))), R"({"a":{"N":"1"}})");
  EXPECT_EQ(attributesOf(parse("b.x, a, b.y")), (std::vector<std::string>{"b", "a"}));
}

TEST(Projection, IsRefused) {
  EXPECT_EQ(refusal(""), "Invalid ProjectionExpression: The expression can not be empty;");
  EXPECT_EQ(refusal("a b"), R"(Invalid ProjectionExpression: Syntax error; token: "b", near: "a b")");
  EXPECT_EQ(refusal("l[a]"), R"(Invalid ProjectionExpression: Syntax error; token: "a", near: "[a]")");
  EXPECT_EQ(refusal("a,"), R"(Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ",")");
  EXPECT_EQ(refusal("name, #y"),
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: name");
  EXPECT_EQ(refusal("#y, a, a"),
            "Invalid ProjectionExpression: An expression attribute name used in the document path is not defined; "
            "attribute name: #y");
  EXPECT_EQ(refusal("b.x, a, b"),
            "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of "
            "these paths; path one: [b, x], path two: [b]");
  EXPECT_EQ(refusal("b.x, b[0]"),
            "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of "
            "these paths; path one: [b, x], path two: [b, [0]]");
}

}  // namespace
}  // namespace ddblog
