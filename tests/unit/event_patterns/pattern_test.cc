// Event patterns: what matches, what does not, and what is refused with which words. The refusals' words and positions
// are AWS's own answers to TestEventPattern.
#include "event_patterns/pattern.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "base/api_error.h"
#include "base/json.h"
#include "unit/support/case_lines.h"

namespace ddblog::event_patterns {
namespace {

bool matches(std::string_view pattern, std::string_view event) {
  const JsonText text(event);
  return Pattern::compile(pattern).matches(EventFields(text.root()));
}

TEST(PatternBounds, ALongSearchForFittingElementsEnds) {
  // Four fields that are never in one element.
  std::string event = R"({"i":[)";
  for (int i = 0; i < 200; ++i) event += (i ? "," : "") + std::string(R"({"a":1},{"b":1},{"c":1},{"d":1})");
  event += "]}";
  EXPECT_FALSE(matches(R"({"i":{"a":[1],"b":[1],"c":[1],"d":[1]}})", event));
}

// A name of 100 KB, and many leaves below it.
std::string eventOf(const std::string& leaf, int leaves) {
  std::string event = "{\"" + std::string(100'000, 'n') + "\":[";
  for (int i = 0; i < leaves; ++i) event += (i ? "," : "") + leaf;
  return event + "]}";
}

TEST(PatternBounds, LongPathsTakeLittleMemoryOrAreRefused) {
  EXPECT_FALSE(matches(R"({"a":[1]})", eventOf("1", 2'000)));
  EXPECT_FALSE(matches(R"({"a":[1]})", eventOf(R"({"a":1})", 2'000)));
  EXPECT_THROW(matches(R"({"a":[1]})", eventOf(R"({"a":1,"b":1})", 2'000)), std::invalid_argument);
}

std::string at(std::string_view pattern, int column) {
  return "\n at [Source: (String)\"" + std::string(pattern) + "\"; line: 1, column: " + std::to_string(column) + "]";
}

std::string refusalOf(std::string_view pattern) {
  try {
    Pattern::compile(pattern);
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "InvalidEventPatternException");
    EXPECT_EQ(error.status(), 400);
    return error.message();
  }
  return "it was taken";
}

// Whether it matches an event (matches, not), or the reason why it is refused, after AWS's column ("-": none).
void check(const std::string& pattern, const CaseLine& said) {
  if (said.word == "refused") {
    const auto [column, reason] = firstWord(said.rest);
    const std::string place = column == "-" ? std::string() : at(pattern, std::stoi(column));
    EXPECT_EQ(refusalOf(pattern), "Event pattern is not valid. Reason: " + reason + place);
  } else {
    EXPECT_TRUE(said.word == "matches" || said.word == "not");
    EXPECT_EQ(matches(pattern, said.rest), said.word == "matches");
  }
}

TEST(Patterns, DoWhatTheirCasesSay) {
  for (const CaseLines& one : readCaseLines(DDBLOG_PATTERN_CASES)) {
    std::string pattern;
    for (const CaseLine& line : one.lines) {
      SCOPED_TRACE(one.place + ": " + pattern + ": " + line.word + " " + line.rest);
      if (line.word == "pattern") {
        pattern = line.rest;
      } else {
        check(pattern, line);
      }
    }
  }
}

TEST(PatternRefusals, InsideListsHaveTheirPositionTwice) {
  const std::string pattern = R"({"detail": {"state": [{"anything-but": {"prefix": [123, "test"]}}]}})";
  EXPECT_EQ(refusalOf(pattern), "Event pattern is not valid. Reason: prefix/suffix match pattern must be a string" +
                                    at(pattern, 55) + at(pattern, 55));
}

TEST(PatternRefusals, SayWhichLine) {
  EXPECT_EQ(
      refusalOf("{\n  \"ä\": 1\n}"),
      "Event pattern is not valid. Reason: \"ä\" must be an object or an array\n at [Source: (String)\"{\n  \"ä\": "
      "1\n}\"; line: 2, column: 9]");
}

TEST(PatternRefusals, OfTextThatEndsSayWhatWasOpen) {
  EXPECT_EQ(
      refusalOf(R"({"a":["x")"),
      "Event pattern is not valid. Reason: Unexpected end-of-input: expected close marker for Array (start marker at "
      "[Source: (String)\"{\"a\":[\"x\"\"; line: 1, column: 6])" +
          at(R"({"a":["x")", 10));
}

TEST(PatternRefusals, ShowAtMost500CharactersOfTheText) {
  const std::string long_pattern = R"({"a": ")" + std::string(600, 'x') + "\"}";
  EXPECT_NE(refusalOf(long_pattern).find("\"[truncated 109 chars]; line: 1, column: 8]"), std::string::npos)
      << refusalOf(long_pattern);
}

TEST(PatternRefusals, NeverCutACharacterInTwo) {
  EXPECT_EQ(refusalOf("{é"),
            "Event pattern is not valid. Reason: Unexpected character ('é' (code 233)): was expecting "
            "double-quote to start field name" +
                at("{é", 2));
  std::string long_pattern = R"({"a": ")";
  for (int i = 0; i < 600; ++i) long_pattern += "é";
  EXPECT_TRUE(isJsonObject("{\"refusal\":" + json::serialize(json::value(refusalOf(long_pattern + "\"}"))) + "}"));
}

// A template can hold what is no UTF-8.
TEST(PatternRefusals, OfBytesThatAreNoText) {
  EXPECT_NE(refusalOf("]" + std::string(50, '\x9b')).find("Unexpected character"), std::string::npos);
}

TEST(PatternRefusals, OfCombinationsWithoutEnd) {
  std::string pattern = "{";
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    pattern += (i ? "," : "") + std::string("\"") + n + R"(":{"$or":[{"a":[1]},{"b":[1]}]})";
  }
  EXPECT_NE(refusalOf(pattern + "}").find("too complex"), std::string::npos);
}

TEST(PatternRefusals, OfNestingWithoutEnd) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += R"({"a":)";
  EXPECT_NE(refusalOf(pattern).find("Nesting is too deep"), std::string::npos);
}

}  // namespace
}  // namespace ddblog::event_patterns
