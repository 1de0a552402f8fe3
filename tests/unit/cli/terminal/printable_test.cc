// What outside bytes look like on the terminal.
#include "cli/terminal/printable.h"

#include <gtest/gtest.h>

namespace ddblog::cli {
namespace {

using namespace std::string_literals;

TEST(Printable, TextOfAnyLanguageStaysAsItIs) {
  for (const char* text : {"", "users: hello\t{\"a\": 1}", "naïve – 日本語 🚀 \u00a0"}) EXPECT_EQ(printable(text), text);
}

TEST(Printable, ControlCharactersAreShownAndNotObeyed) {
  EXPECT_EQ(printable("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(printable("a\nb\rc\0d\x7f"s), "a\\x0ab\\x0dc\\x00d\\x7f");
  EXPECT_EQ(printable("\u0080\u009b31m\u009f"), "\\xc2\\x80\\xc2\\x9b31m\\xc2\\x9f");
}

TEST(Printable, JsonStaysTheSameJson) {
  EXPECT_EQ(printableJson("{\"a\":\"\u009b31m\x7f \u00a0 日本語\"}"), "{\"a\":\"\\u009b31m\\u007f \u00a0 日本語\"}");
}

TEST(Printable, BytesThatAreNoUtf8AreShown) {
  EXPECT_EQ(printable("\x9b"
                      "31m"),
            "\\x9b31m");
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b");                    // overlong
  EXPECT_EQ(printable("\xe0\x82\x9b"), "\\xe0\\x82\\x9b");           // overlong
  EXPECT_EQ(printable("\xf0\x80\x82\x9b"), "\\xf0\\x80\\x82\\x9b");  // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  EXPECT_EQ(printable("\xe6\x97"), "\\xe6\\x97");                    // cut off
  EXPECT_EQ(printable("\xe6\x1b[1m"), "\\xe6\\x1b[1m");
}

}  // namespace
}  // namespace ddblog::cli
