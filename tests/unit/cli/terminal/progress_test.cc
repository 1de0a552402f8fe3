#include "cli/terminal/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ddblog::cli {
namespace {

TEST(Progress, IsSilentWhenThereIsNoTerminal) {
  std::ostringstream out;
  { Progress(10, "events", out, false).advance(10); }
  EXPECT_EQ(out.str(), "");
}

TEST(Progress, ShowsHowFarItIs) {
  std::ostringstream out;
  {
    Progress progress(200, "events", out, true);
    progress.advance(100);
    progress.advance(100);
  }
  EXPECT_NE(out.str().find(" 50%  100 of 200 events"), std::string::npos);
  EXPECT_TRUE(out.str().ends_with("100%  200 of 200 events\n"));
}

TEST(Progress, MoreThanTheTotalIsAHundredPercent) {
  std::ostringstream out;
  Progress(1, "events", out, true).advance(5);
  EXPECT_NE(out.str().find("] 100%  5 of 1 events"), std::string::npos);
}

}  // namespace
}  // namespace ddblog::cli
