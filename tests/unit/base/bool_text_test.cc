#include "base/bool_text.h"

#include <gtest/gtest.h>

namespace ddblog {
namespace {

TEST(JsonTruth, TakesWordsForBooleansInAnyCase) {
  for (const char* text : {"true", "TRUE", "t", "Yes", "y", "1"}) EXPECT_EQ(parseBool(text), true) << text;
  for (const char* text : {"false", "F", "no", "N", "0"}) EXPECT_EQ(parseBool(text), false) << text;
}

TEST(JsonTruth, TakesNothingElse) {
  for (const char* text : {"", " true", "maybe", "01", "tru", "yess", "-1"}) {
    EXPECT_EQ(parseBool(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ddblog
