// The history of attempts: small, and readable again.
#include "rpc/failures.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ddblog::rpc {
namespace {

Timestamp second(int number) { return Timestamp(std::chrono::seconds(number)); }

TEST(ErrorLine, IsTheTypeAndTheMessage) {
  EXPECT_EQ(errorLine(R"({"errorType":"ValueError","errorMessage":"no\nsuch user","stackTrace":["a"]})"),
            "ValueError: no");
  EXPECT_EQ(errorLine(R"({"errorMessage":"no"})"), "no");
  EXPECT_EQ(errorLine(R"({"errorType":"Odd"})"), "Odd");
}

TEST(ErrorLine, IsTheFirstLineOfAnyOtherText) {
  EXPECT_EQ(errorLine("\n  it broke\r\nhere"), "it broke");
  EXPECT_EQ(errorLine(R"({"some":"thing"})"), R"({"some":"thing"})");
  EXPECT_EQ(errorLine(""), "");
}

TEST(ErrorLine, IsShortAndValidUtf8) {
  EXPECT_EQ(errorLine(std::string(1000, 'x')).size(), AttemptHistory::kErrorBytes);
  EXPECT_EQ(errorLine("a\xff z"), "a\xef\xbf\xbd z");
  EXPECT_EQ(errorLine("abc\xc3\xa4", 4), "abc");  // no half characters
}

TEST(AttemptHistory, KeepsTheFirstAndTheLastOnes) {
  AttemptHistory history;
  for (int i = 1; i <= 100; ++i) history.add(second(i), "error " + std::to_string(i));
  EXPECT_EQ(history.count(), 100u);
  ASSERT_EQ(history.kept().size(), AttemptHistory::kKept);
  EXPECT_EQ(history.kept()[0].error, "error 1");
  EXPECT_EQ(history.kept()[1].error, "error 92");
  EXPECT_EQ(history.kept().back().error, "error 100");
  EXPECT_EQ(history.kept().back().at, second(100));
}

TEST(AttemptHistory, IsReadAsItWasWritten) {
  AttemptHistory history;
  history.add(second(7), R"({"errorType":"E","errorMessage":"m"})");
  std::string stored;
  history.append(stored);
  stored += "rest";
  std::string_view in = stored;
  const AttemptHistory read = AttemptHistory::take(in);
  EXPECT_EQ(in, "rest");
  EXPECT_EQ(read.count(), 1u);
  ASSERT_EQ(read.kept().size(), 1u);
  EXPECT_EQ(read.kept()[0].at, second(7));
  EXPECT_EQ(read.kept()[0].error, "E: m");
}

TEST(AttemptHistory, RefusesBytesThatItDidNotWrite) {
  for (std::string_view bytes : {std::string_view("\0\0", 2), std::string_view("\0\0\0\1\377", 5)}) {
    EXPECT_THROW(AttemptHistory::take(bytes), std::runtime_error);
  }
}

}  // namespace
}  // namespace ddblog::rpc
