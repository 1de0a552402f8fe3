#include "cli/terminal/questions.h"

#include <gtest/gtest.h>

namespace ddblog::cli {
namespace {

TEST(Completion, GoesOnAsFarAsTheWordsAgree) {
  const std::vector<std::string> words = {"local-core", "local-dynamodb-logs", "orders"};
  EXPECT_EQ(completionOf("o", words).rest, "rders");
  EXPECT_EQ(completionOf("l", words).rest, "ocal-");
  EXPECT_EQ(completionOf("local-", words).rest, "");
  EXPECT_EQ(completionOf("local-", words).words, (std::vector<std::string>{"local-core", "local-dynamodb-logs"}));
  EXPECT_EQ(completionOf("local-d", words).rest, "ynamodb-logs");
  EXPECT_TRUE(completionOf("x", words).words.empty());
  EXPECT_EQ(completionOf("", {"a"}).rest, "a");
}

}  // namespace
}  // namespace ddblog::cli
