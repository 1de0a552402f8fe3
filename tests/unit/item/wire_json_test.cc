// Items as DynamoDB's JSON, and what no attribute value may be.
#include "item/wire_json.h"

#include <gtest/gtest.h>

#include "base/api_error.h"

namespace ddblog {
namespace {

AttributeValue read(std::string_view text) { return readAttributeValue(parseJson(text)); }

std::string written(const AttributeValue& value) {
  std::string text;
  JsonWriter json(text);
  writeAttributeValue(json, value);
  return text;
}

std::string refusal(std::string_view text) {
  try {
    read(text);
  } catch (const ApiError& error) {
    return error.type() + ": " + error.message();
  }
  return "not refused";
}

std::string invalid(const std::string& message) { return "ValidationException: " + message; }
std::string invalidParameter(const std::string& message) {
  return invalid("One or more parameter values were invalid: " + message);
}
std::string unserializable(const std::string& message) { return "SerializationException: " + message; }

TEST(WireJson, ReadsAndWritesEveryType) {
  for (const char* text : {R"({"S":"text"})", R"({"S":""})", R"({"N":"-1.5"})", R"({"B":"AAEC"})", R"({"B":""})",
                           R"({"SS":["a","b"]})", R"({"NS":["-2","1","3.5"]})", R"({"BS":["AA==","AQ=="]})",
                           R"({"M":{"a":{"S":"x"},"b":{"M":{}}}})", R"({"L":[{"N":"1"},{"L":[]}]})", R"({"BOOL":true})",
                           R"({"BOOL":false})", R"({"NULL":true})", R"({"S":"quote \" backslash \\ line \n"})"}) {
    EXPECT_EQ(written(read(text)), text);
    const json::object item{{"a", parseJson(text)}};
    EXPECT_EQ(itemToJson(readItem(item)), item);
  }
}

TEST(WireJson, NormalisesNumbersAndSets) {
  EXPECT_EQ(written(read(R"({"N":"1e2"})")), R"({"N":"100"})");
  EXPECT_EQ(written(read(R"({"N":"0001.500"})")), R"({"N":"1.5"})");
  EXPECT_EQ(written(read(R"({"SS":["b","a"]})")), R"({"SS":["a","b"]})");
}

TEST(WireJson, WritesItemsInTheOrderOfTheirNames) {
  const Item item = readItem(parseJson(R"({"b":{"S":"2"},"a":{"S":"1"}})").as_object());
  std::string text;
  JsonWriter json(text);
  writeItem(json, item);
  EXPECT_EQ(text, R"({"a":{"S":"1"},"b":{"S":"2"}})");
}

TEST(WireJson, AValueHasExactlyOneType) {
  const std::string empty =
      invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  EXPECT_EQ(refusal("{}"), empty);
  EXPECT_EQ(refusal(R"({"a":""})"), empty);
  EXPECT_EQ(refusal(R"({"S":null})"), empty);
  EXPECT_EQ(refusal(R"({"L":[{}]})"), empty);
  EXPECT_EQ(refusal(R"({"M":{"a":{}}})"), empty);
  EXPECT_EQ(refusal(R"({"S":"a","N":"1"})"), invalid("Supplied AttributeValue has more than one datatypes set, must "
                                                     "contain exactly one of the supported datatypes"));
  EXPECT_EQ(refusal(R"({"S":"a","N":""})"), invalid("The parameter cannot be converted to a numeric value"));
}

TEST(WireJson, SetsAreNeverEmptyAndHaveNoDuplicates) {
  EXPECT_EQ(refusal(R"({"SS":[]})"), invalidParameter("An string set  may not be empty"));
  EXPECT_EQ(refusal(R"({"NS":[]})"), invalidParameter("An number set  may not be empty"));
  EXPECT_EQ(refusal(R"({"BS":[]})"), invalidParameter("Binary sets should not be empty"));
  EXPECT_EQ(refusal(R"({"SS":["a","a"]})"), invalidParameter("Input collection [a, a] contains duplicates."));
  EXPECT_EQ(refusal(R"({"BS":["Yg==","Yg=="]})"),
            invalidParameter("Input collection [Yg==, Yg==]of type BS contains duplicates."));
  EXPECT_EQ(refusal(R"({"NS":["1","1.0"]})"), invalid("Input collection contains duplicates"));
}

TEST(WireJson, RefusesWhatIsNoNumber) {
  EXPECT_EQ(refusal(R"({"N":"b"})"), invalid("The parameter cannot be converted to a numeric value: b"));
  EXPECT_EQ(refusal(R"({"NS":["1","b"]})"), invalid("The parameter cannot be converted to a numeric value: b"));
  EXPECT_EQ(refusal(R"({"N":"1e126"})"),
            invalid("Number overflow. Attempting to store a number with magnitude larger than supported range"));
}

TEST(WireJson, NullMustBeTrue) {
  EXPECT_EQ(refusal(R"({"NULL":false})"), invalidParameter("Null attribute value types must have the value of true"));
}

TEST(WireJson, WrongJsonTypesAreSerializationErrors) {
  EXPECT_EQ(refusal(R"({"S":1})"), unserializable("NUMBER_VALUE cannot be converted to String"));
  EXPECT_EQ(refusal(R"({"N":123})"), unserializable("NUMBER_VALUE cannot be converted to String"));
  EXPECT_EQ(refusal(R"({"N":1.5})"), unserializable("DECIMAL_VALUE cannot be converted to String"));
  EXPECT_EQ(refusal(R"({"S":true})"), unserializable("TRUE_VALUE cannot be converted to String"));
  EXPECT_EQ(refusal(R"({"S":[]})"), unserializable("Unrecognized collection type class java.lang.String"));
  EXPECT_EQ(refusal(R"({"S":{}})"), unserializable("Start of structure or map found where not expected"));
  EXPECT_EQ(refusal(R"({"BOOL":"maybe"})"), unserializable("Unexpected token received from parser"));
  EXPECT_EQ(refusal(R"({"BOOL":1})"), unserializable("NUMBER_VALUE cannot be converted to Boolean"));
  EXPECT_EQ(refusal(R"({"SS":"a"})"), unserializable("Unexpected field type"));
  EXPECT_EQ(refusal(R"({"SS":{}})"), unserializable("Start of structure or map found where not expected"));
  EXPECT_EQ(refusal(R"({"SS":[1]})"), unserializable("NUMBER_VALUE cannot be converted to String"));
  EXPECT_EQ(refusal(R"({"M":"a"})"), unserializable("Unexpected field type"));
  EXPECT_EQ(refusal(R"({"L":["a"]})"), unserializable("Unexpected value type in payload"));
  EXPECT_EQ(refusal(R"("a")"), unserializable("Unexpected value type in payload"));
  EXPECT_EQ(refusal("[]"), unserializable("Unrecognized collection type class "
                                          "com.amazonaws.dynamodb.v20120810.AttributeValue"));
}

TEST(WireJson, AWrongJsonTypeIsRefusedBeforeAnInvalidValueThatComesEarlier) {
  EXPECT_EQ(refusal(R"({"L":[{"SS":[]},{"N":"x"},{"S":1}]})"),
            unserializable("NUMBER_VALUE cannot be converted to String"));
}

TEST(WireJson, InvalidBase64IsASerializationError) {
  EXPECT_EQ(refusal(R"({"B":"abc"})"),
            unserializable("Base64 encoded length is expected a multiple of 4 bytes but found: 3"));
  EXPECT_EQ(refusal(R"({"B":"a*c="})"), unserializable("Invalid Base64 character: '*'"));
  EXPECT_EQ(refusal(R"({"B":"a=bc"})"), unserializable("Invalid Base64 character: '='"));
  EXPECT_EQ(refusal(R"({"B":"YR=="})"), unserializable("Invalid last non-pad Base64 character dectected"));
  EXPECT_EQ(refusal(R"({"B":1})"), unserializable("only base-64-encoded strings are convertible to bytes"));
}

std::string nested(int maps) {
  std::string text = R"({"S":"leaf"})";
  for (int i = 0; i < maps; ++i) text = i % 2 ? R"({"M":{"n":)" + text + "}}" : R"({"L":[)" + text + "]}";
  return text;
}

TEST(WireJson, NestsAtMost32Levels) {
  EXPECT_EQ(refusal(nested(31)), "not refused");
  EXPECT_EQ(refusal(nested(32)), invalid("Nesting Levels have exceeded supported limits: Attributes in the item have "
                                         "nested levels beyond supported limit"));
}

}  // namespace
}  // namespace ddblog
