// What is said of a pattern that does not match.
#include "event_patterns/explanation.h"

#include <gmock/gmock.h>

namespace ddblog::event_patterns {
namespace {

constexpr char kEvent[] =
    R"({"source":"shop","detail-type":"change","detail":{"type":"login","n":3,"tags":["a","b","c","d"],)"
    R"("items":[{"sku":"x","count":1},{"sku":"y","count":2}]}})";

Explanation explained(const char* pattern) {
  const JsonText json(kEvent);
  return explain(pattern, EventFields(json.root()));
}

// "path = value, wanted conditions" of each miss.
std::string missesOf(const char* pattern) {
  std::string text;
  for (const Miss& miss : explained(pattern).misses) {
    text += (text.empty() ? "" : "; ") + miss.path + " = " + miss.value + ", wanted " + miss.wanted;
  }
  return text;
}

TEST(Explanation, NamesTheLeavesThatSaidNo) {
  EXPECT_TRUE(explained(R"({"source":["shop"]})").matches);
  EXPECT_EQ(missesOf(R"({"source":["shop"],"detail":{"type":["order", "offer"]}})"),
            R"(detail.type = "login", wanted ["order", "offer"])");
  EXPECT_EQ(missesOf(R"({"detail":{"n":[{"numeric":[">",5]}],"none":["x"]}})"),
            R"(detail.n = 3, wanted [{"numeric":[">",5]}]; detail.none = , wanted ["x"])");
  EXPECT_EQ(missesOf(R"({"detail":{"tags":["z"]}})"), R"(detail.tags = "a", "b", "c", …, wanted ["z"])");
  EXPECT_EQ(explained(R"({"source":["shop"],"detail":{"type":["order"]}})").held, 1u);
}

TEST(Explanation, OfAlternativesIsThatOfTheNearest) {
  EXPECT_EQ(missesOf(R"({"$or":[{"source":["a"],"detail-type":["b"]},{"detail":{"type":["c"]}}]})"),
            R"(detail.type = "login", wanted ["c"])");
  EXPECT_EQ(missesOf(R"({"detail":{"$or":[{"n":[4]},{"n":[5]}],"type":["login"]}})"), "detail.n = 3, wanted [4]");
}

TEST(Explanation, SaysWhenTheElementsOfAListDiffer) {
  const Explanation explanation = explained(R"({"detail":{"items":{"sku":["x"],"count":[2]}}})");
  EXPECT_FALSE(explanation.matches);
  ASSERT_EQ(explanation.misses.size(), 1u);
  EXPECT_EQ(explanation.misses[0].path, "");
  EXPECT_EQ(explanation.held, 2u);
}

}  // namespace
}  // namespace ddblog::event_patterns
