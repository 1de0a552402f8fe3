// JSON that keeps its bytes.
#include "event_patterns/json_text.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ddblog::event_patterns {
namespace {

TEST(JsonText, EveryValueKnowsItsBytes) {
  const std::string text = R"( {"a": {"n": 1.50, "s": "x\u00e9\n"}, "l": [ true ,null, [] ]} )";
  const JsonText json(text);
  EXPECT_EQ(json.root().find("a")->raw(), R"({"n": 1.50, "s": "x\u00e9\n"})");
  EXPECT_EQ(json.root().find("a")->find("n")->raw(), "1.50");
  EXPECT_EQ(json.root().find("a")->find("s")->string(), "xé\n");
  EXPECT_EQ(json.root().find("l")->element(1)->kind(), JsonKind::kNull);
  EXPECT_EQ(json.root().find("l")->element(2)->raw(), "[]");
  EXPECT_FALSE(json.root().find("l")->element(3));
  EXPECT_FALSE(json.root().find("b"));
  EXPECT_FALSE(json.root().find("l")->find("a"));
}

TEST(JsonText, TheLastOfSeveralMembersOfOneNameCounts) {
  EXPECT_EQ(JsonText(R"({"a":1,"a":2})").root().find("a")->raw(), "2");
}

TEST(JsonText, NamesMayHaveEscapes) { EXPECT_TRUE(JsonText(R"({"\u0061\"":1})").root().find("a\"")); }

TEST(JsonText, PairsOfSurrogatesAreOneCharacter) { EXPECT_EQ(JsonText(R"("\ud83d\ude00")").root().string(), "😀"); }

TEST(JsonText, WhatIsNotJsonThrowsAndReadsNothingElse) {
  for (const char* text :
       {"",        " ",        "{",         "}",   "[",    "[1",      "[1,",         "{\"a\"",
        "{\"a\":", "{\"a\":1", "{\"a\" 1}", "\"",  "\"\\", "\"\\u12", "\"\\ud83d\"", "\"\\ud83d\\u0020\"",
        "\"\\x\"", "tru",      "{a:1}",     "1 2", "{}x"}) {
    EXPECT_THROW(JsonText{text}, std::invalid_argument) << text;
  }
  EXPECT_THROW(JsonText{std::string(100'000, '[')}, std::invalid_argument);
}

}  // namespace
}  // namespace ddblog::event_patterns
