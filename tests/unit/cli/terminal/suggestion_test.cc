#include "cli/terminal/suggestion.h"

#include <gtest/gtest.h>

namespace ddblog::cli {
namespace {

const std::vector<std::string> kKnown = {"offline", "append", "read", "fake-data", "replay", "snapshot"};

TEST(Suggestion, FindsTheWordThatTakesTheFewestEdits) {
  for (const auto& [typed, meant] : std::vector<std::pair<std::string, std::string>>{
           {"apend", "append"},    // a character is missing
           {"appendd", "append"},  // one too many
           {"appent", "append"},   // another one
           {"raed", "read"},       // two swapped
           {"reply", "replay"},    // nearer than "read"
           {"fakedata", "fake-data"},
           {"snapschott", "snapshot"},  // two edits in ten characters
       }) {
    EXPECT_EQ(nearestTo(typed, kKnown), meant) << typed;
  }
}

TEST(Suggestion, TakesABeginningForTheWord) {
  EXPECT_EQ(nearestTo("snap", kKnown), "snapshot");
  EXPECT_EQ(nearestTo("off", kKnown), "offline");
}

TEST(Suggestion, FindsNothingForAWordThatIsFarFromAll) {
  EXPECT_EQ(nearestTo("frobnicate", kKnown), std::nullopt);
  EXPECT_EQ(nearestTo("x", kKnown), std::nullopt);
  EXPECT_EQ(nearestTo("", kKnown), std::nullopt);
  EXPECT_EQ(nearestTo(std::string(100'000, 'a'), kKnown), std::nullopt);
  EXPECT_EQ(nearestTo("read", {}), std::nullopt);
}

}  // namespace
}  // namespace ddblog::cli
