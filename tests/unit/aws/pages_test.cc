// Lists that a service returns in pages.
#include "aws/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ddblog::aws {
namespace {

using testing::ElementsAre;

TEST(Pages, AreReadFromTheFirstToTheLast) {
  std::vector<std::string> tokens;
  forEachPage("The list", 3, [&](const std::string& token) {
    tokens.push_back(token);
    return tokens.size() < 3 ? token + "x" : "";
  });
  EXPECT_THAT(tokens, ElementsAre("", "x", "xx"));
}

TEST(Pages, MoreThanExpectedAreNotReadInPart) {
  try {
    forEachPage("The list", 3, [](const std::string& token) { return token + "x"; });
    FAIL() << "it is read";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "The list has more than 3 pages.");
  }
}

TEST(Pages, OneThatIsItsOwnNextIsReadTwice) {
  int pages = 0;
  const auto read = [&](const std::string&) {
    ++pages;
    return std::string("same");
  };
  EXPECT_THROW(forEachPage("The list", 1000, read), std::runtime_error);
  EXPECT_EQ(pages, 2);
}

}  // namespace
}  // namespace ddblog::aws
