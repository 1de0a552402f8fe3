#include "offline/recent_lines.h"

#include <gtest/gtest.h>

namespace ddblog::offline {
namespace {

class RecentLinesTest : public testing::Test {
 protected:
  // The texts of a page.
  static std::string textsOf(const RecentLines::Page& page) {
    std::string texts;
    for (const RecentLines::Line& line : page.lines) texts += (texts.empty() ? "" : " ") + line.text;
    return texts;
  }

  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  RecentLines lines_{clock_, {.lines = 4, .bytes = 1u << 20}};
};

TEST_F(RecentLinesTest, ReturnsWhatCameAfterTheLastPage) {
  lines_.add("users: a");
  lines_.add("orders: b");
  const auto first = lines_.read({});
  EXPECT_EQ(textsOf(first), "a b");
  EXPECT_EQ(first.lines[1].function, "orders");
  EXPECT_EQ(first.lines[1].time, clock_.now());
  lines_.add("users: c");
  EXPECT_EQ(textsOf(lines_.read({.after = first.next})), "c");
  EXPECT_EQ(textsOf(lines_.read({.after = lines_.read({}).next})), "");
}

TEST_F(RecentLinesTest, KnowsTheFunctionByTheBeginningOfTheLine) {
  const auto read = [this](const std::string& line) {
    lines_.add(line);
    const RecentLines::Line last = lines_.read({}).lines.back();
    return "[" + last.function + "] " + last.text;
  };
  EXPECT_EQ(read("users: hello: you"), "[users] hello: you");
  EXPECT_EQ(read("users:7: hello"), "[users] hello");
  EXPECT_EQ(read("users: "), "[users] ");
  EXPECT_EQ(read("the store is full: no space"), "[] the store is full: no space");
  EXPECT_EQ(read("stopping"), "[] stopping");
  EXPECT_EQ(read(": x"), "[] : x");
}

TEST_F(RecentLinesTest, ChoosesByTimeFunctionAndText) {
  lines_.add("users: old");
  clock_.move(Duration(1000));
  lines_.add("users: an ERROR");
  lines_.add("orders: fine");
  EXPECT_EQ(textsOf(lines_.read({.since = clock_.now()})), "an ERROR fine");
  EXPECT_EQ(textsOf(lines_.read({.functions = {"orders", "others"}})), "fine");
  EXPECT_EQ(textsOf(lines_.read({.text = "ERR"})), "an ERROR");
}

TEST_F(RecentLinesTest, ReturnsPagesAndSaysWhetherThereIsMore) {
  for (const char* text : {"a", "b", "c"}) lines_.add(std::string("users: ") + text);
  const auto first = lines_.read({.most_lines = 2});
  EXPECT_EQ(textsOf(first), "a b");
  EXPECT_TRUE(first.has_more);
  const auto last = lines_.read({.after = first.next, .most_lines = 2});
  EXPECT_EQ(textsOf(last), "c");
  EXPECT_FALSE(last.has_more);
  EXPECT_EQ(textsOf(lines_.read({.most_bytes = 1})), "a");
}

TEST_F(RecentLinesTest, MakesRoomForNewLinesAndSaysWhatIsLost) {
  lines_.add("users: 0");
  const auto first = lines_.read({});
  for (const char* text : {"1", "2", "3", "4", "5", "6"}) lines_.add(std::string("users: ") + text);
  const auto next = lines_.read({.after = first.next});
  EXPECT_EQ(textsOf(next), "3 4 5 6");
  EXPECT_EQ(next.lost, 2u);
  EXPECT_EQ(lines_.read({}).lost, 0u);  // who asks for the first time has lost nothing
}

TEST_F(RecentLinesTest, KeepsNoMoreBytesThanItMay) {
  RecentLines small(clock_, {.lines = 100, .bytes = 1000});
  for (int i = 0; i < 20; ++i) small.add("users: " + std::string(300, 'x'));
  EXPECT_LE(small.read({}).lines.size(), 3u);
  EXPECT_GE(small.read({}).lines.size(), 1u);
}

TEST_F(RecentLinesTest, NumbersGrowFromOneRunToTheNext) {
  for (int i = 0; i < 10; ++i) lines_.add("users: x");
  const auto before = lines_.read({});
  clock_.move(Duration(5));
  RecentLines next_run(clock_, {});
  next_run.add("users: after the restart");
  const auto after = next_run.read({.after = before.next});
  EXPECT_EQ(textsOf(after), "after the restart");
  EXPECT_EQ(after.lost, 0u);  // the numbers between the runs were of no lines
}

}  // namespace
}  // namespace ddblog::offline
