#include "clients/cpp/src/payload_json.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "ddblog/errors.h"
#include "ddblog/payload.h"

namespace ddblog {
namespace {

std::string thereAndBack(const std::string& json) {
  return jsonFromAttributes(parseJson(attributesFromJson(json)).as_object());
}

std::string refusalOf(const std::string& json) {
  try {
    attributesFromJson(json);
  } catch (const std::invalid_argument& refused) {
    return refused.what();
  }
  return "";
}

TEST(PayloadJson, BecomesDynamoDbsAttributes) {
  EXPECT_EQ(
      attributesFromJson(R"({"id":"1","n":-1.50,"yes":true,"no":false,"nothing":null,"list":[1,"a"],"map":{"a":1}})"),
      R"({"id":{"S":"1"},"n":{"N":"-1.50"},"yes":{"BOOL":true},"no":{"BOOL":false},"nothing":{"NULL":true},)"
      R"("list":{"L":[{"N":"1"},{"S":"a"}]},"map":{"M":{"a":{"N":"1"}}}})");
}

TEST(PayloadJson, KeepsEveryDigitOfNumbersThatNoDoubleHolds) {
  const std::string json =
      R"({"a":12345678901234567890123456789012345678,"b":0.12345678901234567890123456789012345678,"c":1E+120,"d":-0.000001})";
  EXPECT_EQ(thereAndBack(json), json);
}

TEST(PayloadJson, KeepsTextWithEscapesAndAllOfUnicode) {
  EXPECT_EQ(thereAndBack(R"({"text":"\"\\ \n Åsa 🎉 \u00e9 \u0001"})"), R"({"text":"\"\\ \n Åsa 🎉 é \u0001"})");
}

TEST(PayloadJson, KeepsEmptyTextListsAndObjects) {
  const std::string json = R"({"text":"","list":[],"object":{}})";
  EXPECT_EQ(thereAndBack(json), json);
}

TEST(PayloadJson, RefusesNumbersOfMoreThan38Digits) {
  EXPECT_NE(refusalOf(R"({"n":1234567890123456789012345678901234567890123})").find("38 significant digits"),
            std::string::npos);
}

TEST(PayloadJson, TakesLongNumbersWhoseDigitsAreZeros) {
  EXPECT_EQ(refusalOf(R"({"n":100000000000000000000000000000000000000000000})"), "");
}

TEST(PayloadJson, RefusesNumbersOutOfRange) {
  EXPECT_NE(refusalOf(R"({"n":1e126})"), "");
  EXPECT_NE(refusalOf(R"({"n":1e-131})"), "");
  EXPECT_NE(refusalOf(R"({"n":1e400})"), "");
  EXPECT_NE(refusalOf(R"({"n":1e99999999999999999999})"), "");
}

TEST(PayloadJson, RefusesWhatIsNoJsonObject) {
  for (const char* text : {"", "1", "[]", "\"text\"", "null", "{", "{}}", "{} {}", "{\"a\":}", "{\"a\":01}",
                           "{\"a\":NaN}", "{'a':1}", "{\"a\":1,}", "// comment\n{}"}) {
    EXPECT_NE(refusalOf(text), "") << text;
  }
}

TEST(PayloadJson, RefusesTextThatIsNotUtf8) {
  EXPECT_NE(refusalOf("{\"a\":\"\xff\"}"), "");
  EXPECT_NE(refusalOf("{\"a\":\"\xc3\"}"), "");
  EXPECT_NE(refusalOf(R"({"a":"\ud800"})"), "");
}

TEST(PayloadJson, RefusesANameTwice) {
  EXPECT_NE(refusalOf(R"({"a":1,"a":2})").find("\"a\" appears twice"), std::string::npos);
  EXPECT_NE(refusalOf(R"({"o":{"a":1,"\u0061":2}})").find("\"a\" appears twice"), std::string::npos);
  EXPECT_EQ(refusalOf(R"({"a":{"a":1},"b":{"a":2}})"), "");
}

TEST(PayloadJson, RefusesAnEmptyName) { EXPECT_NE(refusalOf(R"({"":1})").find("empty name"), std::string::npos); }

TEST(PayloadJson, RefusesNestingDeeperThanAnItemMayBe) {
  const auto nested = [](int levels) { return "{\"a\":" + std::string(levels, '[') + std::string(levels, ']') + "}"; };
  EXPECT_EQ(refusalOf(nested(31)), "");
  EXPECT_NE(refusalOf(nested(32)), "");
  EXPECT_NE(refusalOf(nested(100'000)), "");
}

TEST(PayloadJson, ReadsSetsAndBinariesAsArraysAndText) {
  EXPECT_EQ(jsonFromAttributes(
                parseJson(R"({"s":{"SS":["a","b"]},"n":{"NS":["1","2.5"]},"b":{"B":"AQI="},"bs":{"BS":["AQI="]}})")
                    .as_object()),
            R"({"s":["a","b"],"n":[1,2.5],"b":"AQI=","bs":["AQI="]})");
}

TEST(PayloadJson, RefusesWhatIsNoAttribute) {
  for (const char* text :
       {R"({"a":1})", R"({"a":{}})", R"({"a":{"S":1}})", R"({"a":{"S":"x","N":"1"}})", R"({"a":{"N":"one"}})",
        R"({"a":{"N":"0x10"}})", R"({"a":{"X":"1"}})", R"({"a":{"BOOL":"true"}})", R"({"a":{"M":[]}})",
        R"({"a":{"L":{}}})", R"({"a":{"NS":["NaN"]}})"}) {
    EXPECT_THROW(jsonFromAttributes(parseJson(text).as_object()), InvalidEvent) << text;
  }
}

TEST(Payload, GivesMembersByType) {
  const Payload payload(R"({"name":"Ada","long":18.068580,"ok":true,"nothing":null,"place":{"lat":-1.5}})");
  EXPECT_EQ(payload.string("name"), "Ada");
  EXPECT_EQ(payload.number("long"), "18.068580");
  EXPECT_TRUE(payload.boolean("ok"));
  EXPECT_EQ(payload.at("place").number("lat"), "-1.5");
  EXPECT_TRUE(payload.has("name"));
  EXPECT_FALSE(payload.has("nothing"));
  EXPECT_EQ(payload.json("place"), R"({"lat":-1.5})");
  EXPECT_EQ(payload.json("absent"), std::nullopt);
}

TEST(Payload, SaysWhichMemberIsMissingOrOfAnotherType) {
  const Payload payload(R"({"name":1})");
  EXPECT_THROW(payload.string("name"), InvalidEvent);
  try {
    payload.number("long");
    FAIL();
  } catch (const InvalidEvent& invalid) {
    EXPECT_STREQ(invalid.what(), "\"long\" is missing or not a number");
  }
}

}  // namespace
}  // namespace ddblog
