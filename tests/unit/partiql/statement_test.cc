#include "partiql/statement.h"

#include <gtest/gtest.h>

#include "base/api_error.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "item/wire_json.h"

namespace ddblog::partiql {
namespace {

Item itemOf(std::string_view text) { return readItem(parseJson(text).as_object()); }

std::string jsonOf(const Item& item) {
  std::string text;
  JsonWriter json(text);
  writeItem(json, item);
  return text;
}

template <class Kind>
Kind parsed(std::string_view text, const std::vector<AttributeValue>& parameters = {}) {
  return std::get<Kind>(parseStatement(text, parameters));
}

std::string refusalOf(std::string_view text, const std::vector<AttributeValue>& parameters = {}) {
  try {
    parseStatement(text, parameters);
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "ValidationException");
    return error.message();
  }
  return "";
}

// Whether a WHERE clause holds for an item.
bool holds(const std::string& clause, std::string_view item, const std::vector<AttributeValue>& parameters = {}) {
  return evaluate(*parsed<SelectStatement>("SELECT * FROM tab WHERE " + clause, parameters).where, itemOf(item));
}

std::string updated(const std::string& changes, std::string_view item,
                    const std::vector<AttributeValue>& parameters = {}) {
  return jsonOf(apply(parsed<UpdateStatement>("UPDATE tab " + changes, parameters).update, itemOf(item), true));
}

TEST(PartiQLStatement, SelectsColumns) {
  const auto all = parsed<SelectStatement>("select * from tab");
  EXPECT_FALSE(all.projection);
  EXPECT_FALSE(all.where);
  const auto some = parsed<SelectStatement>("SELECT a, b.c[1], \"d.e\"['f'] FROM \"my-table\".\"an index\"");
  EXPECT_EQ(some.source.table, "my-table");
  EXPECT_EQ(some.source.index, "an index");
  ASSERT_TRUE(some.projection);
  EXPECT_EQ(some.projection->names, (std::vector<std::string>{"a", "c[1]", "f"}));
  EXPECT_EQ(
      jsonOf(project(*some.projection, itemOf(R"({"a": {"N": "1"}, "b": {"M": {"c": {"L": [{"N": "2"}, {"N": "3"}]}}},
                                                      "d.e": {"M": {"f": {"S": "x"}}}})"))),
      R"({"a":{"N":"1"},"c[1]":{"N":"3"},"f":{"S":"x"}})");
}

TEST(PartiQLStatement, Orders) {
  const auto ordered = parsed<SelectStatement>("SELECT * FROM tab WHERE a = 1 ORDER BY a, b ASC, \"c\" DESC");
  ASSERT_EQ(ordered.order_by.size(), 3u);
  EXPECT_FALSE(ordered.order_by[0].descending);
  EXPECT_FALSE(ordered.order_by[1].descending);
  EXPECT_EQ(ordered.order_by[2].attribute, "c");
  EXPECT_TRUE(ordered.order_by[2].descending);
}

TEST(PartiQLStatement, ConditionsBindAsInSql) {
  constexpr std::string_view kItem = R"({"a": {"N": "1"}, "b": {"N": "2"}, "t": {"BOOL": true}})";
  EXPECT_TRUE(holds("a = 1 OR a = 2 AND b = 3", kItem));
  EXPECT_FALSE(holds("(a = 1 OR a = 2) AND b = 3", kItem));
  EXPECT_TRUE(holds("NOT a = 2 AND b = 2", kItem));
  EXPECT_FALSE(holds("NOT (a = 2 OR b = 2)", kItem));
  EXPECT_TRUE(holds("a IN <<1, 2>> AND b NOT IN <<1>>", kItem));
  EXPECT_TRUE(holds("a BETWEEN 0 AND 1 AND b BETWEEN 2 AND 2", kItem));
  EXPECT_TRUE(holds("a NOT BETWEEN 2 AND 3", kItem));
  EXPECT_TRUE(holds("a IN [2, 1] AND a NOT IN (2, 3)", kItem));
  EXPECT_TRUE(holds("1 = a AND a < b AND b >= a AND a <> b AND a != 2", kItem));
  EXPECT_TRUE(holds("((((a))) = (1))", kItem));
}

TEST(PartiQLStatement, ConditionsAreComparedWithTruth) {
  constexpr std::string_view kItem = R"({"a": {"S": "xy"}, "t": {"BOOL": true}, "f": {"BOOL": false}})";
  EXPECT_TRUE(holds("begins_with(a, 'x') = true", kItem));
  EXPECT_TRUE(holds("false = begins_with(a, 'y')", kItem));
  EXPECT_TRUE(holds("begins_with(a, 'x') <> false", kItem));
  EXPECT_FALSE(holds("begins_with(a, 'x') = 1", kItem));
  EXPECT_TRUE(holds("begins_with(a, 'x') = t AND begins_with(a, 'y') = f", kItem));
  EXPECT_FALSE(holds("begins_with(a, 'y') = none", kItem));
  EXPECT_TRUE(holds("begins_with(a, 'x') = contains(a, 'y')", kItem));
  EXPECT_TRUE(holds("begins_with(a, 'x') IN [true]", kItem));
  EXPECT_TRUE(holds("begins_with(a, 'y') IN [true, false]", kItem));
  EXPECT_EQ(refusalOf("SELECT * FROM tab WHERE begins_with(a, 'x') < true"),
            "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL");
}

TEST(PartiQLStatement, Functions) {
  constexpr std::string_view kItem = R"({"s": {"S": "text"}, "l": {"L": [{"N": "1"}]}, "z": {"NULL": true}})";
  EXPECT_TRUE(holds("SIZE(s) = 4 AND size(l) < 2", kItem));
  EXPECT_TRUE(holds("Begins_With(s, 'te') AND contains(l, 1) AND attribute_type(z, 'NULL')", kItem));
  EXPECT_TRUE(holds("attribute_exists(l[0]) AND attribute_not_exists(l[1])", kItem));
  EXPECT_TRUE(holds("z IS NULL AND s IS NOT NULL AND none IS MISSING AND s IS NOT MISSING", kItem));
  EXPECT_FALSE(holds("none IS NULL", kItem));
  EXPECT_TRUE(holds("s IS STRING AND l IS LIST AND s IS NOT STRUCT AND none IS NOT TUPLE", kItem));
}

TEST(PartiQLStatement, BindsParametersInOrder) {
  const std::vector<AttributeValue> parameters = {AttributeValue("x"), AttributeValue(Decimal(2))};
  EXPECT_TRUE(holds("a = ? AND b = ?", R"({"a": {"S": "x"}, "b": {"N": "2"}})", parameters));
  EXPECT_TRUE(holds("a = ? AND b <> '?'", R"({"a": {"S": "x"}})", parameters));  // one too many
  EXPECT_EQ(refusalOf("SELECT * FROM tab WHERE a = ? AND b = ? AND c = ?", parameters),
            "Number of parameters in request and statement don't match.");
}

TEST(PartiQLStatement, InsertsLiterals) {
  const auto insert = parsed<InsertStatement>(
      "INSERT INTO tab VALUE {'s': 'it''s', 'n': - 1.50, 'p': +2, 'l': [], 'm': {}, \"ns\": <<2, 1>>, 'b': ?}",
      {AttributeValue(AttributeValue::Binary{"\x01"})});
  EXPECT_EQ(insert.table, "tab");
  EXPECT_EQ(
      jsonOf(insert.item),
      R"({"b":{"B":"AQ=="},"l":{"L":[]},"m":{"M":{}},"n":{"N":"-1.5"},"ns":{"NS":["1","2"]},"p":{"N":"2"},"s":{"S":"it's"}})");
}

TEST(PartiQLStatement, Updates) {
  constexpr std::string_view kItem = R"({"n": {"N": "5"}, "l": {"L": [{"N": "1"}, {"N": "2"}]}, "ss": {"SS": ["a"]}})";
  EXPECT_EQ(updated("SET n = n - 1 + 2, m = {'x': [1]} REMOVE l[0], ss", kItem),
            R"({"l":{"L":[{"N":"2"}]},"m":{"M":{"x":{"L":[{"N":"1"}]}}},"n":{"N":"6"}})");
  EXPECT_EQ(updated("SET l = list_append([0], l) SET n = (n)", kItem),
            R"({"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]},"n":{"N":"5"},"ss":{"SS":["a"]}})");
  EXPECT_EQ(updated("SET ss = SET_ADD(ss, <<'b'>>) REMOVE l", kItem), R"({"n":{"N":"5"},"ss":{"SS":["a","b"]}})");
  EXPECT_EQ(updated("SET ss = set_delete(ss, <<'a'>>) REMOVE l", kItem), R"({"n":{"N":"5"}})");
}

TEST(PartiQLStatement, Returns) {
  EXPECT_EQ(parsed<UpdateStatement>("UPDATE tab SET a = 1 WHERE b = 1 RETURNING MODIFIED NEW *").returning,
            Returning::kModifiedNew);
  EXPECT_EQ(parsed<UpdateStatement>("UPDATE tab REMOVE a RETURNING ALL OLD *").returning, Returning::kAllOld);
  EXPECT_EQ(parsed<DeleteStatement>("DELETE FROM tab WHERE a = 1 RETURNING ALL OLD *").returning, Returning::kAllOld);
  EXPECT_EQ(parsed<DeleteStatement>("DELETE FROM tab WHERE a = 1").returning, Returning::kNothing);
}

TEST(PartiQLStatement, NamesItsTable) {
  EXPECT_EQ(tableOf(parseStatement("EXISTS(SELECT * FROM tab WHERE a = 1)", {})), "tab");
  EXPECT_EQ(tableOf(parseStatement("DELETE FROM \"arn:aws:dynamodb:us-east-1:000000000000:table/tab\"", {})),
            "arn:aws:dynamodb:us-east-1:000000000000:table/tab");
}

TEST(PartiQLStatement, KeywordsNeedQuotes) {
  EXPECT_EQ(refusalOf("SELECT * FROM tab WHERE date = 1"),
            "Statement wasn't well formed, can't be processed: Unexpected keyword");
  EXPECT_TRUE(holds("\"date\" = 1 AND year = 2", R"({"date": {"N": "1"}, "year": {"N": "2"}})"));
}

// What nests, repeats or doubles stays small: whoever sends it waits no longer than for any
// statement.
TEST(PartiQLStatement, HostileStatementsAreRefused) {
  const auto times = [](int count, std::string_view text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  const std::string too_deep = "The expression has too many levels of nesting;";
  const std::string clause = "SELECT * FROM tab WHERE ";
  EXPECT_EQ(refusalOf(clause + times(8000, "(")), too_deep);
  EXPECT_EQ(refusalOf(clause + times(2000, "NOT ")), too_deep);
  EXPECT_EQ(refusalOf(clause + "contains(a, 1)" + times(1000, "<>true")), too_deep);
  EXPECT_EQ(refusalOf("UPDATE tab SET a = 1" + times(4000, "+1")), too_deep);
  EXPECT_EQ(refusalOf("UPDATE tab SET a = " + times(600, "list_append(")), too_deep);
  EXPECT_EQ(refusalOf("INSERT INTO tab VALUE {'a':" + times(4000, "[")).substr(0, 43),
            "Nesting Levels have exceeded supported limi");
  EXPECT_EQ(refusalOf(clause + "a" + times(40, ".b") + " = 1"),
            "The document path has too many nesting elements; nesting levels: 41");
  std::string equal = "contains(a, 1)";
  for (int i = 0; i < 100; ++i) equal = "(" + equal + ") = contains(b, 2)";
  EXPECT_EQ(refusalOf(clause + equal), "");
  EXPECT_EQ(refusalOf(clause + "a = 1" + times(149, " OR a = 1")), "");
  EXPECT_EQ(refusalOf(clause + "a = 1" + times(150, " AND a = 1")),
            "The expression contains too many operators; operator count: 301");
  EXPECT_EQ(refusalOf(clause + "a = 1" + times(2000, " OR a")), "The arguments to AND/OR must be Expressions");
}

TEST(PartiQLStatement, RefusesOverlappingChanges) {
  EXPECT_EQ(refusalOf("UPDATE tab SET a.b = 1, a.b[0] = 2"),
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], "
            "path two: [a, b, [0]]");
  EXPECT_EQ(refusalOf("UPDATE tab SET a.b = 1 REMOVE a[0]"),
            "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], "
            "path two: [a, [0]]");
}

}  // namespace
}  // namespace ddblog::partiql
