#include "cli/options/duration_text.h"

#include <gtest/gtest.h>

namespace ddblog::cli {
namespace {

TEST(DurationText, IsANumberAndAUnit) {
  EXPECT_EQ(parseDuration("500ms"), Duration(500));
  EXPECT_EQ(parseDuration("30s"), std::chrono::seconds(30));
  EXPECT_EQ(parseDuration("10m"), std::chrono::minutes(10));
  EXPECT_EQ(parseDuration("2h"), std::chrono::hours(2));
  EXPECT_EQ(parseDuration("+1d"), std::chrono::days(1));
  EXPECT_EQ(parseDuration("-1d"), -std::chrono::days(1));
}

TEST(DurationText, IsNothingElse) {
  for (const char* text : {"", "+", "1", "d", "1w", "1.5h", "1h30m", " 1h", "1h ", "++1h", "99999999999999999999s"}) {
    EXPECT_EQ(parseDuration(text), std::nullopt) << text;
  }
}

TEST(DurationText, EndsAtAHundredYears) {
  EXPECT_EQ(parseDuration("36500d"), std::chrono::days(36'500));
  EXPECT_EQ(parseDuration("36501d"), std::nullopt);
  EXPECT_EQ(parseDuration("9223372036854775807ms"), std::nullopt);
}

}  // namespace
}  // namespace ddblog::cli
