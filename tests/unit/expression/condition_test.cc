// Conditions and filters: what they mean, and how they are refused.
#include "expression/condition.h"

#include "expression/reserved_words.h"
#include "unit/expression/fixtures.h"

namespace ddblog {
namespace {

constexpr std::string_view kItem = R"({
  "a": {"N": "5"}, "b": {"S": "hello"}, "c": {"L": [{"N": "1"}, {"M": {"d": {"S": "deep"}}}]},
  "m": {"M": {"x": {"N": "1"}, "with space": {"BOOL": true}}}, "ss": {"SS": ["red", "green"]},
  "ns": {"NS": ["1", "2"]}, "bin": {"B": "AAEC"}, "t": {"BOOL": true}, "nothing": {"NULL": true}
})";

constexpr std::string_view kValues = R"({
  ":four": {"N": "4"}, ":five": {"N": "5.0"}, ":six": {"N": "6"}, ":hello": {"S": "hello"}, ":he": {"S": "he"},
  ":ll": {"S": "ll"}, ":red": {"S": "red"}, ":blue": {"S": "blue"}, ":deep": {"S": "deep"}, ":S": {"S": "S"},
  ":N": {"S": "N"}, ":bool": {"BOOL": true}, ":list": {"L": []}, ":bytes": {"B": "AAE="}, ":one": {"N": "1"},
  ":bad": {"S": "Q"}, ":null": {"NULL": true}, ":two": {"N": "2"}, ":set": {"SS": ["green", "red"]}
})";

Condition parse(std::string_view text) {
  Substitutions given = substitutions(R"({"#a":"a","#s":"with space","#dot":"a.b"})", kValues);
  return parseCondition(text, ExpressionKind::kCondition, given);
}

bool holds(std::string_view text) { return evaluate(parse(text), itemOf(kItem)); }

std::string refusal(std::string_view text) {
  const std::string message = refusalOf([&] { parse(text); });
  const std::string prefix = "Invalid ConditionExpression: ";
  return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

// Results of long comparisons are remembered: by what was asked of which values.
TEST(Condition, AsksManyThingsOfTheSameValues) {
  EXPECT_TRUE(
      holds("contains(c, :one) AND NOT contains(c, :two) AND contains(c, :one) AND NOT c = :one AND "
            "NOT c = m AND c <> m AND m <> c AND contains(ss, :red) AND NOT contains(ss, :blue) AND ss = :set"));
  EXPECT_FALSE(holds("c = size(b) OR c = size(ss) OR ss = size(b) OR NOT contains(c, :one) OR c = :list"));
  EXPECT_TRUE(holds("NOT c IN (m, ss, :list) AND ss IN (c, :set) AND NOT c IN (ss, m)"));
}

// Otherwise it would compare ten million elements 1,200 times, for minutes: the test would time out.
TEST(Condition, AsksTheSameManyTimesWithoutComparingAgain) {
  Item item;
  item.emplace("l", AttributeValue(AttributeValue::List(100'000, AttributeValue(Decimal(1)))));
  std::string text = "contains(l,:two)";
  for (int i = 0; i < 99; ++i) text += " OR contains(l,:two)";
  Substitutions given = substitutions("", R"({":two":{"N":"2"}})");
  const Condition condition = parseCondition(text, ExpressionKind::kCondition, given);
  for (int i = 0; i < 1200; ++i) EXPECT_FALSE(evaluate(condition, item));
}

TEST(Condition, Compares) {
  EXPECT_TRUE(holds("a = :five"));
  EXPECT_TRUE(holds("a <> :four"));
  EXPECT_TRUE(holds("a > :four AND a >= :five AND a < :six AND a <= :five"));
  EXPECT_FALSE(holds("a < :hello"));
  EXPECT_FALSE(holds("a = :hello"));
  EXPECT_TRUE(holds("a <> :hello"));
  EXPECT_TRUE(holds(":four < a"));
  EXPECT_TRUE(holds("bin > :bytes"));
  EXPECT_TRUE(holds("ss = :set"));
}

TEST(Condition, AMissingAttributeEqualsNothing) {
  EXPECT_FALSE(holds("lacking = :five"));
  EXPECT_FALSE(holds("lacking = lacking2"));
  EXPECT_FALSE(holds("lacking < :five"));
  EXPECT_TRUE(holds("lacking <> :five"));
  EXPECT_TRUE(holds("lacking <> lacking2"));
  EXPECT_FALSE(holds("lacking BETWEEN :four AND :six"));
  EXPECT_FALSE(holds("lacking IN (:four)"));
  EXPECT_FALSE(holds("contains(lacking, :ll)"));
  EXPECT_FALSE(holds("size(lacking) = :five"));
}

// A quadratic search would compare 100,000 bytes at each of 100,000 places, for minutes: the test would time out.
TEST(Condition, SearchesUnluckyTextInLinearTime) {
  const std::string story(200'000, 'a');
  const std::string part = std::string(100'000, 'a') + 'b' + std::string(50'000, 'a');
  const Item item = itemOf(R"({"story":{"S":")" + story + R"("}})");
  const std::string values = R"({":part":{"S":")" + part + R"("}})";
  Substitutions given = substitutions("", values);
  const Condition condition = parseCondition("contains(story, :part)", ExpressionKind::kCondition, given);
  for (int i = 0; i < 2000; ++i) EXPECT_FALSE(evaluate(condition, item));
}

TEST(Condition, HasRangesAndChoices) {
  EXPECT_TRUE(holds("a BETWEEN :four AND :six"));
  EXPECT_TRUE(holds("a between :five and :five"));
  EXPECT_FALSE(holds("a BETWEEN :six AND :six"));
  EXPECT_TRUE(holds("a IN (:hello, :five)"));
  EXPECT_FALSE(holds("a in (:hello, :four)"));
}

TEST(Condition, HasFunctions) {
  EXPECT_TRUE(holds("attribute_exists(a)"));
  EXPECT_FALSE(holds("attribute_not_exists(a)"));
  EXPECT_TRUE(holds("attribute_not_exists(lacking)"));
  EXPECT_TRUE(holds("attribute_type(b, :S)"));
  EXPECT_FALSE(holds("attribute_type(a, :S)"));
  EXPECT_TRUE(holds("begins_with(b, :he)"));
  EXPECT_TRUE(holds("begins_with(bin, :bytes)"));
  EXPECT_FALSE(holds("begins_with(b, :ll)"));
  EXPECT_TRUE(holds("contains(b, :ll)"));
  EXPECT_TRUE(holds("contains(ss, :red)"));
  EXPECT_FALSE(holds("contains(ss, :blue)"));
  EXPECT_TRUE(holds("contains(ns, :one)"));
  EXPECT_TRUE(holds("contains(c, :one)"));
  EXPECT_FALSE(holds("contains(m, :one)"));
  EXPECT_TRUE(holds("size(b) = :five"));
  EXPECT_TRUE(holds("size(c) < :four"));
  EXPECT_TRUE(holds("size(ss) = size(ns)"));
  EXPECT_FALSE(holds("size(a) = :one"));
}

TEST(Condition, FollowsPaths) {
  EXPECT_TRUE(holds("c[0] = :one"));
  EXPECT_TRUE(holds("c[1].d = :deep"));
  EXPECT_TRUE(holds("c [ 1 ] . d = :deep"));
  EXPECT_TRUE(holds("m.#s = :bool"));
  EXPECT_TRUE(holds("attribute_not_exists(#dot)"));
  EXPECT_TRUE(holds("attribute_not_exists(c[2])"));
  EXPECT_TRUE(holds("attribute_not_exists(a.b)"));
  EXPECT_TRUE(holds("attribute_not_exists(a[0])"));
  EXPECT_TRUE(holds("(m).x = :one"));
}

TEST(Condition, BindsNotThenAndThenOr) {
  EXPECT_TRUE(holds("a = :five OR a = :four AND a = :six"));
  EXPECT_FALSE(holds("(a = :five OR a = :four) AND a = :six"));
  EXPECT_TRUE(holds("NOT a = :four AND a = :five"));
  EXPECT_FALSE(holds("NOT (a = :four OR a = :five)"));
  EXPECT_TRUE(holds("not not a = :five"));
  EXPECT_TRUE(holds("(a) = (:five)"));
  EXPECT_TRUE(holds("a = :four or (b = :hello and (a = :five or a = :four))"));
}

TEST(Condition, SyntaxErrorsShowTheTokenAndItsNeighbours) {
  EXPECT_EQ(refusal("a x b"), syntaxError("x", "a x b"));
  EXPECT_EQ(refusal("a = = b"), syntaxError("=", "= = b"));
  EXPECT_EQ(refusal("foo"), syntaxError("<EOF>", "foo"));
  EXPECT_EQ(refusal("a ="), syntaxError("<EOF>", "="));
  EXPECT_EQ(refusal("attribute_not_exists("), syntaxError("<EOF>", "("));
  EXPECT_EQ(refusal("attribute_type()"), syntaxError(")", "()"));
  EXPECT_EQ(refusal("NOT (a)"), syntaxError("<EOF>", ")"));
  EXPECT_EQ(refusal("_a = :five"), syntaxError("_", "_a"));
  EXPECT_EQ(refusal("1a = :five"), syntaxError("1", "1a"));
  EXPECT_EQ(refusal("a = :five AND"), syntaxError("<EOF>", "AND"));
  EXPECT_EQ(refusal("a = :five)"), syntaxError(")", ":five)"));
  EXPECT_EQ(refusal("and = :five"), syntaxError("and", "and ="));
  EXPECT_EQ(refusal("a = (b = :five)"), syntaxError("=", "b = :five"));
  EXPECT_EQ(refusal("a = 'text'"), syntaxError("'", "= 'text"));
  EXPECT_EQ(refusal("a[x] = :five"), syntaxError("x", "[x]"));
  EXPECT_EQ(refusal("a IN ()"), syntaxError(")", "()"));
  EXPECT_EQ(refusal("ü = :five"), syntaxError("ü", "ü ="));
}

TEST(Condition, NamesAndValuesMustBeDefined) {
  EXPECT_EQ(refusal("a = :v"), "An expression attribute value used in expression is not defined; attribute value: :v");
  EXPECT_EQ(refusal("#x = :five"),
            "An expression attribute name used in the document path is not defined; attribute name: #x");
}

TEST(Condition, ReservedWordsCannotBeAttributes) {
  EXPECT_EQ(refusal("name = :five"), "Attribute name is a reserved keyword; reserved keyword: name");
  EXPECT_EQ(refusal("m.Status = :five"), "Attribute name is a reserved keyword; reserved keyword: Status");
  EXPECT_EQ(refusal("size = :five"), "Attribute name is a reserved keyword; reserved keyword: size");
  EXPECT_TRUE(isReservedWord("ZONE"));
  EXPECT_TRUE(isReservedWord("abort"));
  EXPECT_FALSE(isReservedWord("pk"));
  EXPECT_FALSE(isReservedWord("a_very_long_name_that_is_no_word"));
}

TEST(Condition, RedundantParenthesesAreRefused) {
  EXPECT_EQ(refusal("((a = :five))"), "The expression has redundant parentheses;");
  EXPECT_EQ(refusal("((a)) = :five"), "The expression has redundant parentheses;");
  EXPECT_EQ(refusal("a = ((:five))"), "The expression has redundant parentheses;");
  EXPECT_EQ(refusal("((attribute_exists(a)))"), "The expression has redundant parentheses;");
  EXPECT_EQ(refusal("((a = :five) AND (b = :hello))"), "not refused");
}

TEST(Condition, FunctionsAreKnownAndUsedAsTheyMayBe) {
  EXPECT_EQ(refusal("starts_with(a, :he)"), "Invalid function name; function: starts_with");
  EXPECT_EQ(refusal("Attribute_exists(a)"), "Invalid function name; function: Attribute_exists");
  EXPECT_EQ(refusal("size(a)"), "The function is not allowed to be used this way in an expression; function: size");
  EXPECT_EQ(refusal("attribute_exists(a) = :five"),
            "The function is not allowed to be used this way in an expression; function: attribute_exists");
  EXPECT_EQ(refusal("contains(a, begins_with(b, :he))"),
            "The function is not allowed to be used this way in an expression; function: begins_with");
  EXPECT_EQ(refusal("a = :five AND size(b)"),
            "The function is not allowed to be used this way in an expression; function: size");
}

TEST(Condition, OperandsFitTheirFunction) {
  const std::string number = "Incorrect number of operands for operator or function; operator or function: ";
  const std::string type = "Incorrect operand type for operator or function; operator or function: ";
  EXPECT_EQ(refusal("attribute_exists(a, b)"), number + "attribute_exists, number of operands: 2");
  EXPECT_EQ(refusal("begins_with(a)"), number + "begins_with, number of operands: 1");
  EXPECT_EQ(refusal("begins_with(b, :five)"), type + "begins_with, operand type: N");
  EXPECT_EQ(refusal("size(:five) = :five"), type + "size, operand type: N");
  EXPECT_EQ(refusal("a < :bool"), type + "<, operand type: BOOL");
  EXPECT_EQ(refusal("a >= :list"), type + ">=, operand type: L");
  EXPECT_EQ(refusal("attribute_type(a, :five)"), type + "attribute_type, operand type: N");
  EXPECT_EQ(refusal("attribute_type(a, :bad)"),
            "Invalid attribute type name found; type: Q, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
  EXPECT_EQ(refusal("attribute_exists(:five)"),
            "Operator or function requires a document path; operator or function: attribute_exists");
  EXPECT_EQ(refusal("contains(c[0], c[0])"),
            "The first operand must be distinct from the remaining operands for this operator or function; operator: "
            "contains, first operand: [c, [0]]");
  EXPECT_EQ(refusal("a = a"),
            "The first operand must be distinct from the remaining operands for this operator or function; operator: "
            "=, first operand: [a]");
}

TEST(Condition, BoundsOfARangeFit) {
  EXPECT_EQ(refusal("a BETWEEN :six AND :four"),
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
            "operand: AttributeValue: {N:6}, upper bound operand: AttributeValue: {N:4}");
  EXPECT_EQ(refusal("a BETWEEN :four AND :hello"),
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: "
            "AttributeValue: {N:4}, upper bound operand: AttributeValue: {S:hello}");
}

TEST(Condition, HasLimits) {
  EXPECT_EQ(refusal(""), "The expression can not be empty;");
  EXPECT_EQ(refusal("a = :five" + std::string(4096, ' ')), "Expression size has exceeded the maximum allowed size;");
  std::string choices = ":five";
  for (int i = 1; i < 100; ++i) choices += ",:five";
  EXPECT_EQ(refusal("a IN (" + choices + ")"), "not refused");
  EXPECT_EQ(refusal("a IN (" + choices + ",:five)"),
            "The IN operator is provided with too many operands; number of operands: 101");
  std::string many = "a=:five";
  for (int i = 0; i < 149; ++i) many += " OR a=:five";
  EXPECT_EQ(refusal(many), "not refused");
  EXPECT_EQ(refusal(many + " OR a=:five"), "The expression contains too many operators; operator count: 301");
}

TEST(Condition, NestsAsDeepAsItsOperatorsAllow) {
  std::string nested = "a=:five";
  for (int i = 0; i < 149; ++i) nested = "(" + nested + ") OR a=:five";
  EXPECT_EQ(refusal(nested), "not refused");
  std::string negated = "(a=:five)";
  for (int i = 0; i < 299; ++i) negated = "(NOT" + negated + ")";
  EXPECT_EQ(refusal(negated), "not refused");
  EXPECT_EQ(refusal("(NOT" + negated + ")"), "The expression contains too many operators; operator count: 301");
  EXPECT_EQ(refusal(std::string(900, '(') + "a=:five" + std::string(900, ')')),
            "The expression has redundant parentheses;");
}

TEST(Condition, HostileNestingIsRefusedNotFollowed) {
  EXPECT_NE(refusal(std::string(4000, '(')), "not refused");
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "NOT ";
  EXPECT_EQ(refusal(nots + "a=:five"), "The expression contains too many operators; operator count: 1001");
  std::string functions;
  for (int i = 0; i < 800; ++i) functions += "size(";
  EXPECT_EQ(refusal(functions), "The expression contains too many operators; operator count: 602");
  std::string path = "a";
  for (int i = 0; i < 40; ++i) path += ".b";
  EXPECT_NE(refusal(path + " = :five"), "not refused");
  EXPECT_EQ(refusal("a[99999999999999999999] = :five"),
            "List index is not within the allowable range; index: [99999999999999999999]");
}

TEST(Condition, IsNamedAsTheParameterItCameIn) {
  Substitutions none;
  EXPECT_EQ(refusalOf([&] { parseCondition("a", ExpressionKind::kFilter, none); }),
            R"(Invalid FilterExpression: Syntax error; token: "<EOF>", near: "a")");
}

TEST(Condition, IsAlsoMadeWithoutText) {
  const Condition condition = Condition::both(
      Condition::compare(Operand::attribute("a"), Comparator::kEqual, Operand::value(AttributeValue(Decimal(5)))),
      Condition::any({Condition::attributeNotExists({"a", {}}), Condition::attributeType({"b", {}}, "S")}));
  EXPECT_TRUE(evaluate(condition, itemOf(kItem)));
  EXPECT_FALSE(evaluate(Condition::negate(condition), itemOf(kItem)));
  EXPECT_TRUE(evaluate(Condition::all({}), {}));
  EXPECT_EQ(attributesOf(condition), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(attributesOf(parse("size(m.x) = a")), (std::vector<std::string>{"m", "a"}));
}

}  // namespace
}  // namespace ddblog
