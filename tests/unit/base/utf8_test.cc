#include "base/utf8.h"

#include <gtest/gtest.h>

namespace ddblog {
namespace {

TEST(Utf8, ValidTextStaysAsItIs) {
  const std::string text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\n";
  EXPECT_EQ(validUtf8(text), text);
}

TEST(Utf8, EachInvalidByteIsReplaced) {
  const std::string replacement = "\xef\xbf\xbd";
  EXPECT_EQ(validUtf8("\xff"), replacement);
  EXPECT_EQ(validUtf8("a\xc3"), "a" + replacement);                                                 // cut off
  EXPECT_EQ(validUtf8("\xed\xa0\x80"), replacement + replacement + replacement);                    // a surrogate
  EXPECT_EQ(validUtf8("\xc0\xaf"), replacement + replacement);                                      // overlong
  EXPECT_EQ(validUtf8("\xf4\x90\x80\x80"), replacement + replacement + replacement + replacement);  // beyond Unicode
}

TEST(Utf8, IsCutBetweenCharacters) {
  EXPECT_EQ(validUtf8("ab\xe2\x82\xac", 4), "ab");
  EXPECT_EQ(validUtf8("ab\xe2\x82\xac", 5), "ab\xe2\x82\xac");
  EXPECT_EQ(validUtf8("abc", 0), "");
}

}  // namespace
}  // namespace ddblog
