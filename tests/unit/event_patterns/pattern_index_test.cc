// The index of patterns agrees with matching each of them, and leaves few candidates.
#include "event_patterns/pattern_index.h"

#include <gmock/gmock.h>

#include <random>
#include <string>

namespace ddblog::event_patterns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  unsigned below(unsigned limit) { return static_cast<unsigned>(engine_() % limit); }
  template <class List>
  auto oneOf(const List& list) {
    return list[below(static_cast<unsigned>(std::size(list)))];
  }

 private:
  std::mt19937 engine_;
};

constexpr const char* kNames[] = {"source", "detail-type", "a", "b"};
constexpr const char* kValues[] = {R"("x")", R"("y")", R"("z")",        "1",        "1.0",
                                   "true",   "null",   R"("10.0.0.1")", R"("::1")", R"("0:0:0:0:0:0:0:1")"};
constexpr const char* kConditions[] = {R"({"prefix":"x"})", R"({"exists":true})", R"({"exists":false})",
                                       R"({"anything-but":"x"})", R"({"numeric":["=",1]})"};

std::string randomFields(Random& random, int depth, bool inside_or);

std::string randomField(Random& random, int depth, const char* name) {
  std::string text = std::string("\"") + name + "\":";
  if (depth > 0 && random.below(4) == 0) return text + randomFields(random, depth - 1, false);
  text += "[";
  const unsigned count = 1 + random.below(2);
  for (unsigned i = 0; i < count; ++i) {
    text += (i ? "," : "") + std::string(random.below(4) == 0 ? random.oneOf(kConditions) : random.oneOf(kValues));
  }
  return text + "]";
}

std::string randomFields(Random& random, int depth, bool inside_or) {
  std::string text = "{";
  for (const char* name : kNames) {
    if (random.below(2) == 0) text += (text.size() > 1 ? "," : "") + randomField(random, depth, name);
  }
  if (!inside_or && random.below(4) == 0) {
    text += (text.size() > 1 ? "," : "") + std::string("\"$or\":[") + randomFields(random, 0, true) + "," +
            randomFields(random, 0, true) + "]";
  }
  if (text.size() == 1) text += randomField(random, 0, "a");
  return text + "}";
}

std::string randomEvent(Random& random, int depth) {
  std::string text = "{";
  for (const char* name : kNames) {
    if (random.below(4) == 0) continue;
    std::string value = random.oneOf(kValues);
    if (depth > 0 && random.below(3) == 0) value = randomEvent(random, depth - 1);
    if (random.below(4) == 0) value = "[" + value + "," + random.oneOf(kValues) + "]";
    text += (text.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":" + value;
  }
  return text + "}";
}

TEST(PatternIndex, FindsEveryPatternThatMatches) {
  Random random(20261128);
  std::size_t matches = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<Pattern> patterns;
    for (int i = 0; i < 50; ++i) patterns.push_back(Pattern::compile(randomFields(random, 1, false)));
    std::vector<const Pattern*> pointers;
    for (const Pattern& pattern : patterns) pointers.push_back(random.below(10) == 0 ? nullptr : &pattern);
    const PatternIndex index(pointers);
    for (int i = 0; i < 50; ++i) {
      const std::string text = randomEvent(random, 1);
      const JsonText json(text);
      const EventFields event(json.root());
      const std::vector<std::size_t> candidates = index.candidates(event);
      EXPECT_TRUE(std::is_sorted(candidates.begin(), candidates.end()));
      for (std::size_t place = 0; place < pointers.size(); ++place) {
        const bool is_candidate = std::binary_search(candidates.begin(), candidates.end(), place);
        if (!pointers[place]) {
          EXPECT_FALSE(is_candidate);
        } else if (pointers[place]->matches(event)) {
          ++matches;
          EXPECT_TRUE(is_candidate) << text;
        }
      }
    }
  }
  EXPECT_GT(matches, 1000u);
}

TEST(PatternIndex, ChoosesByTheFieldThatTellsPatternsApart) {
  std::vector<Pattern> patterns;
  for (int i = 0; i < 1000; ++i) {
    patterns.push_back(Pattern::compile(R"({"source":["log"],"detail-type":["change"],"detail":{"type":["t)" +
                                        std::to_string(i) + "\"]}}"));
  }
  patterns.push_back(Pattern::compile(R"({"source":[{"prefix":"l"}]})"));
  std::vector<const Pattern*> pointers;
  for (const Pattern& pattern : patterns) pointers.push_back(&pattern);
  const PatternIndex index(pointers);
  const auto candidates = [&index](const char* text) {
    const JsonText json(text);
    return index.candidates(EventFields(json.root()));
  };
  EXPECT_THAT(candidates(R"({"source":"log","detail-type":"change","detail":{"type":"t7"}})"), ElementsAre(7, 1000));
  EXPECT_THAT(candidates(R"({"source":"other"})"), ElementsAre(1000));
  EXPECT_THAT(PatternIndex().candidates(EventFields()), IsEmpty());
}

}  // namespace
}  // namespace ddblog::event_patterns
