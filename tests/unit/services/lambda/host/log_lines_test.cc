#include "services/lambda/host/log_lines.h"

#include <gtest/gtest.h>

#include <vector>

namespace ddblog::lambda {
namespace {

class Lines : public testing::Test {
 protected:
  void add(std::string_view bytes) {
    lines_.add(bytes, [this](std::string_view line) { seen_.emplace_back(line); });
  }
  void finish() {
    lines_.finish([this](std::string_view line) { seen_.emplace_back(line); });
  }
  LogLines lines_;
  std::vector<std::string> seen_;
};

TEST_F(Lines, AreCutWhereTheyEndHoweverTheyArrive) {
  add("one\ntw");
  add("o\n\nth");
  add("ree");
  EXPECT_EQ(seen_, (std::vector<std::string>{"one", "two", ""}));
  finish();
  EXPECT_EQ(seen_.back(), "three");
}

TEST_F(Lines, OneWithoutEndIsCutInPieces) {
  add(std::string(LogLines::kLongestLine + 10, 'x'));
  EXPECT_EQ(seen_.size(), 1u);
}

TEST_F(Lines, AreCutInPiecesBetweenTwoCharacters) {
  for (const std::string character : {"é", "€", "😀"}) {
    for (std::size_t before = 0; before < character.size(); ++before) {
      seen_.clear();
      const std::string begin(LogLines::kLongestLine - before, 'x');
      add(begin + character.substr(0, before));
      add(character.substr(before) + "\n");
      EXPECT_EQ(seen_, (std::vector<std::string>{begin, character})) << character << before;
    }
  }
}

TEST_F(Lines, TheTailIsTheLastFourKilobytes) {
  add("before\n");
  lines_.beginTail();
  lines_.note("START\n");
  add(std::string(20'000, 'x').append("\n"));
  lines_.note("END\n");
  const std::string tail = lines_.takeTail();
  EXPECT_EQ(tail.size(), LogLines::kTailBytes);
  EXPECT_TRUE(tail.ends_with("x\nEND\n"));
  add("after\n");
  lines_.beginTail();
  EXPECT_EQ(lines_.takeTail(), "");
}

}  // namespace
}  // namespace ddblog::lambda
