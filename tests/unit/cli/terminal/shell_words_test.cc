#include "cli/terminal/shell_words.h"

#include <gtest/gtest.h>

namespace ddblog::cli {
namespace {

TEST(ShellWords, QuotesWhatAShellWouldChange) {
  EXPECT_EQ(shellWords({"read", "users", "42", "--endpoint-url", "http://localhost:8000"}),
            "read users 42 --endpoint-url http://localhost:8000");
  EXPECT_EQ(shellWords({"query", "--pk", "users#42#stream", "--sk", ">= 3"}),
            "query --pk 'users#42#stream' --sk '>= 3'");
  EXPECT_EQ(shellWords({"it's", ""}), "'it'\\''s' ''");
  EXPECT_EQ(shellWords({"a\x1b[31mb"}), "'a\\x1b[31mb'");
}

}  // namespace
}  // namespace ddblog::cli
