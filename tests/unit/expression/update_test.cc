// Updates: what they make of an item, and how they are refused.
#include "expression/update.h"

#include "unit/expression/fixtures.h"

namespace ddblog {
namespace {

constexpr std::string_view kItem = R"({
  "pk": {"S": "1"}, "n": {"N": "5"}, "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]}, "m": {"M": {"x": {"N": "1"}}},
  "ss": {"SS": ["a", "b"]}, "s": {"S": "text"}
})";

constexpr std::string_view kValues = R"({
  ":one": {"N": "1"}, ":two": {"N": "2"}, ":s": {"S": "new"}, ":list": {"L": [{"S": "end"}]}, ":empty": {"L": []},
  ":bc": {"SS": ["b", "c"]}, ":ab": {"SS": ["a", "b"]}, ":ns": {"NS": ["1"]}, ":map": {"M": {}}
})";

Update parse(std::string_view text) {
  Substitutions given = substitutions(R"({"#n":"n","#s":"status"})", kValues);
  return parseUpdate(text, given);
}

std::string after(std::string_view text, std::string_view item = kItem) {
  return jsonOf(apply(parse(text), itemOf(item), true));
}

// The attribute as JSON after the update.
std::string attributeAfter(std::string_view name, std::string_view text) {
  Item item = apply(parse(text), itemOf(kItem), true);
  std::string json;
  JsonWriter writer(json);
  const auto found = item.find(name);
  if (found == item.end()) return "none";
  writeAttributeValue(writer, found->second);
  return json;
}

std::string refusal(std::string_view text) {
  const std::string message = refusalOf([&] { parse(text); });
  const std::string prefix = "Invalid UpdateExpression: ";
  return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

std::string refusalOfApply(std::string_view text, std::string_view item = kItem, bool existed = true) {
  return refusalOf([&] { apply(parse(text), itemOf(item), existed); });
}

TEST(Update, SetsAttributesMembersAndElements) {
  EXPECT_EQ(attributeAfter("s", "SET s = :s"), R"({"S":"new"})");
  EXPECT_EQ(attributeAfter("status", "set #s = :s"), R"({"S":"new"})");
  EXPECT_EQ(attributeAfter("m", "SET m.y = :s, m.x = :two"), R"({"M":{"x":{"N":"2"},"y":{"S":"new"}}})");
  EXPECT_EQ(attributeAfter("l", "SET l[1] = :s"), R"({"L":[{"N":"0"},{"S":"new"},{"N":"2"}]})");
}

TEST(Update, AppendsElementsPastTheEndInTheOrderOfTheirNumbers) {
  EXPECT_EQ(attributeAfter("l", "SET l[9] = :two, l[7] = :one, l[0] = :s"),
            R"({"L":[{"S":"new"},{"N":"1"},{"N":"2"},{"N":"1"},{"N":"2"}]})");
  EXPECT_EQ(attributeAfter("l", "SET l[9] = :s ADD l[3] :one"),
            R"({"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"1"},{"S":"new"}]})");
  EXPECT_EQ(attributeAfter("l", "ADD l[3] :ab SET l[4] = :ab DELETE l[5] :ab"),
            R"({"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"SS":["a","b"]},{"SS":["a","b"]}]})");
}

TEST(Update, Calculates) {
  EXPECT_EQ(attributeAfter("n", "SET n = n + :one"), R"({"N":"6"})");
  EXPECT_EQ(attributeAfter("n", "SET n = :one - n"), R"({"N":"-4"})");
  EXPECT_EQ(attributeAfter("n", "SET n = (n) + (:one)"), R"({"N":"6"})");
  EXPECT_EQ(attributeAfter("n", "SET n = (n + :one)"), R"({"N":"6"})");
  EXPECT_EQ(attributeAfter("k", "SET k = if_not_exists(k, :one) + :two"), R"({"N":"3"})");
  EXPECT_EQ(attributeAfter("n", "SET n = if_not_exists(n, :one)"), R"({"N":"5"})");
  EXPECT_EQ(attributeAfter("l", "SET l = list_append(l, :list)"),
            R"({"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"S":"end"}]})");
  EXPECT_EQ(attributeAfter("k", "SET k = list_append(if_not_exists(k, :empty), :list)"), R"({"L":[{"S":"end"}]})");
}

TEST(Update, ReadsOldValuesOnly) {
  EXPECT_EQ(after("SET a = b, b = a", R"({"a":{"N":"1"},"b":{"N":"2"}})"), R"({"a":{"N":"2"},"b":{"N":"1"}})");
  EXPECT_EQ(attributeAfter("k", "SET k = n REMOVE n"), R"({"N":"5"})");
}

TEST(Update, RemovesAttributesMembersAndElements) {
  EXPECT_EQ(attributeAfter("s", "REMOVE s, lacking"), "none");
  EXPECT_EQ(attributeAfter("m", "REMOVE m.x, m.lacking"), R"({"M":{}})");
  EXPECT_EQ(attributeAfter("l", "REMOVE l[0], l[1], l[8]"), R"({"L":[{"N":"2"}]})");
  EXPECT_EQ(attributeAfter("l", "REMOVE l[0] SET l[2] = :s"), R"({"L":[{"N":"1"},{"S":"new"}]})");
  // There is no l[3] in the old list: what is appended stays.
  EXPECT_EQ(attributeAfter("l", "REMOVE l[3] SET l[4] = :s"), R"({"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"S":"new"}]})");
}

TEST(Update, AddsNumbersAndSets) {
  EXPECT_EQ(attributeAfter("n", "ADD n :two"), R"({"N":"7"})");
  EXPECT_EQ(attributeAfter("k", "ADD k :two"), R"({"N":"2"})");
  EXPECT_EQ(attributeAfter("ss", "ADD ss :bc"), R"({"SS":["a","b","c"]})");
  EXPECT_EQ(attributeAfter("k", "ADD k :bc"), R"({"SS":["b","c"]})");
  EXPECT_EQ(attributeAfter("m", "ADD m.x :two"), R"({"M":{"x":{"N":"3"}}})");
}

TEST(Update, DeletesFromSetsAndEmptySetsGoAway) {
  EXPECT_EQ(attributeAfter("ss", "DELETE ss :bc"), R"({"SS":["a"]})");
  EXPECT_EQ(attributeAfter("ss", "DELETE ss :ab"), "none");
  EXPECT_EQ(attributeAfter("k", "DELETE k :ab"), "none");
}

TEST(Update, OfAMissingPlaceIsRefused) {
  const std::string path = "The document path provided in the update expression is invalid for update";
  EXPECT_EQ(refusalOfApply("SET k.x = :one"), path);
  EXPECT_EQ(refusalOfApply("SET n.x = :one"), path);
  EXPECT_EQ(refusalOfApply("SET m[0] = :one"), path);
  EXPECT_EQ(refusalOfApply("SET l.x = :one"), path);
  EXPECT_EQ(refusalOfApply("SET l[7].x = :one"), path);
  EXPECT_EQ(refusalOfApply("REMOVE k.x"), path);
  EXPECT_EQ(refusalOfApply("REMOVE k[0]"), path);
  EXPECT_EQ(refusalOfApply("ADD k.x :one"), path);
  EXPECT_EQ(refusalOfApply("DELETE k.x :ab"), path);
  EXPECT_EQ(refusalOfApply("SET k.x = :one", R"({"pk":{"S":"1"}})", false), path);
}

TEST(Update, RemovingFromAMissingItemDoesNothing) {
  EXPECT_EQ(refusalOfApply("REMOVE k.x DELETE j.x :ab", R"({"pk":{"S":"1"}})", false), "not refused");
}

TEST(Update, OfAMissingOperandIsRefused) {
  const std::string lacking = "The provided expression refers to an attribute that does not exist in the item";
  EXPECT_EQ(refusalOfApply("SET n = k"), lacking);
  EXPECT_EQ(refusalOfApply("SET k = k + :one"), lacking);
  EXPECT_EQ(refusalOfApply("SET k = list_append(k, :list)"), lacking);
}

TEST(Update, OfAWrongTypeIsRefused) {
  const std::string type = "An operand in the update expression has an incorrect data type";
  EXPECT_EQ(refusalOfApply("SET n = s + :one"), type);
  EXPECT_EQ(refusalOfApply("SET l = list_append(l, s)"), type);
  EXPECT_EQ(refusalOfApply("ADD s :one"), type);
  EXPECT_EQ(refusalOfApply("ADD ss :ns"), type);
  EXPECT_EQ(refusalOfApply("DELETE n :ab"), type);
  EXPECT_EQ(refusalOfApply("DELETE ss :ns"), type);
  Update legacy = parse("ADD s :one");
  legacy.legacy = true;
  EXPECT_EQ(refusalOf([&] { apply(legacy, itemOf(kItem), true); }), "Type mismatch for attribute to update");
}

TEST(Update, LegacyAddAppendsToLists) {
  Update update;
  update.legacy = true;
  update.actions.push_back(UpdateAction::add({"l", {}}, AttributeValue(AttributeValue::List{AttributeValue("x")})));
  EXPECT_EQ(apply(update, itemOf(kItem), true).at("l").as<AttributeValue::List>().size(), 4u);
}

TEST(Update, KnowsWhatItTouches) {
  const Update update = parse("SET m.x = :two, l[1] = :s REMOVE s ADD n :one");
  EXPECT_TRUE(touches(update, "m"));
  EXPECT_FALSE(touches(update, "pk"));
  const Item old_item = itemOf(kItem);
  EXPECT_EQ(jsonOf(touchedParts(update, old_item)),
            R"({"l":{"L":[{"N":"1"}]},"m":{"M":{"x":{"N":"1"}}},"n":{"N":"5"},"s":{"S":"text"}})");
  EXPECT_EQ(jsonOf(touchedParts(update, apply(update, old_item, true))),
            R"({"l":{"L":[{"S":"new"}]},"m":{"M":{"x":{"N":"2"}}},"n":{"N":"6"}})");
}

TEST(Update, SyntaxErrorsShowTheTokenAndItsNeighbours) {
  EXPECT_EQ(refusal("INVALID SYNTAX HERE"), syntaxError("INVALID", "INVALID SYNTAX"));
  EXPECT_EQ(refusal("ADD hits : incr"), syntaxError(":", "hits : incr"));
  EXPECT_EQ(refusal("SET"), syntaxError("<EOF>", "SET"));
  EXPECT_EQ(refusal("SET n = :one,"), syntaxError("<EOF>", ","));
  EXPECT_EQ(refusal("SET _123 = :one"), syntaxError("_", "SET _123"));
  EXPECT_EQ(refusal("SET n = :one + :one + :one"), syntaxError("+", ":one + :one"));
  EXPECT_EQ(refusal("SET n = list_append(l, 0)"), syntaxError("0", ", 0)"));
  EXPECT_EQ(refusal("SET n"), syntaxError("<EOF>", "n"));
  EXPECT_EQ(refusal("ADD n n"), syntaxError("n", "n n"));
}

TEST(Update, EachSectionStandsOnce) {
  EXPECT_EQ(refusal("SET n = :one SET s = :s"), R"(The "SET" section can only be used once in an update expression;)");
  EXPECT_EQ(refusal("remove s add n :one remove m"),
            R"(The "REMOVE" section can only be used once in an update expression;)");
}

TEST(Update, PathsThatOverlapOrConflictAreRefused) {
  EXPECT_EQ(
      refusal("SET a = :one, a.b = :one"),
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path "
      "two: [a, b]");
  EXPECT_EQ(
      refusal("SET n = :one REMOVE #n"),
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [n], path "
      "two: [n]");
  EXPECT_EQ(refusal("SET a.b = :one, a[1] = :one"),
            "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], "
            "path two: [a, [1]]");
  EXPECT_EQ(refusal("SET l[0] = :one, l[1] = :one"), "not refused");
}

TEST(Update, OperandsFit) {
  EXPECT_EQ(refusal("ADD n :s"),
            "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
            "typeSet: ALLOWED_FOR_ADD_OPERAND");
  EXPECT_EQ(refusal("DELETE ss :one"),
            "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, "
            "typeSet: ALLOWED_FOR_ADD_OPERAND");
  EXPECT_EQ(refusal("ADD m :map"),
            "Incorrect operand type for operator or function; operator: ADD, operand type: MAP, typeSet: "
            "ALLOWED_FOR_ADD_OPERAND");
  EXPECT_EQ(refusal("SET n = n + :s"),
            "Incorrect operand type for operator or function; operator or function: +, operand type: S");
  EXPECT_EQ(refusal("SET l = list_append(l, :s)"),
            "Incorrect operand type for operator or function; operator or function: list_append, operand type: S");
  EXPECT_EQ(refusal("SET l = list_append(l)"),
            "Incorrect number of operands for operator or function; operator or function: list_append, number of "
            "operands: 1");
  EXPECT_EQ(refusal("SET n = if_not_exists(:one, :two)"),
            "Operator or function requires a document path; operator or function: if_not_exists");
  EXPECT_EQ(refusal("SET n = size(n)"), "The function is not allowed in an update expression; function: size");
  EXPECT_EQ(refusal("SET n = ((:one))"), "The expression has redundant parentheses;");
}

TEST(Update, RefusesNamesInDynamoDbsOrder) {
  EXPECT_EQ(refusal("SET status = :x, #y = nope(:z)"),
            "Attribute name is a reserved keyword; reserved keyword: status");
  EXPECT_EQ(refusal("SET k = :x, #y = nope(:z)"), "Invalid function name; function: nope");
  EXPECT_EQ(refusal("SET k = :x, #y = :z"),
            "An expression attribute name used in the document path is not defined; attribute name: #y");
  EXPECT_EQ(refusal("SET k = :x"),
            "An expression attribute value used in expression is not defined; attribute value: :x");
  EXPECT_EQ(refusal(""), "The expression can not be empty;");
  EXPECT_EQ(refusal(" "), syntaxError("<EOF>", " "));
}

}  // namespace
}  // namespace ddblog
