// Keys as bytes that sort as DynamoDB sorts.
#include "item/key_bytes.h"

#include <gtest/gtest.h>

#include <vector>

namespace ddblog {
namespace {

std::string bytesOf(const AttributeValue& value) {
  std::string bytes;
  appendKeyBytes(bytes, value);
  return bytes;
}

TEST(KeyBytes, SortTextsByTheirUtf8Bytes) {
  using namespace std::string_literals;
  const std::vector<std::string> sorted = {"",    "\0"s, "\0\0"s, "\0a"s, "\x01", "a",  "a\0"s, "a\0b"s,
                                           "a\1", "aa",  "ab",    "b",    "é",    "語", "😀"};
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    EXPECT_LT(bytesOf(AttributeValue(sorted[i - 1])), bytesOf(AttributeValue(sorted[i]))) << i;
  }
}

TEST(KeyBytes, SortNumbersByValueAndBinariesAsUnsignedBytes) {
  EXPECT_LT(bytesOf(AttributeValue(Decimal(-10))), bytesOf(AttributeValue(Decimal(-9))));
  EXPECT_LT(bytesOf(AttributeValue(Decimal(9))), bytesOf(AttributeValue(Decimal(10))));
  EXPECT_EQ(bytesOf(AttributeValue(Decimal(1))), bytesOf(AttributeValue(Decimal::parse("1.0"))));
  EXPECT_LT(bytesOf(AttributeValue(AttributeValue::Binary{"\x7F"})),
            bytesOf(AttributeValue(AttributeValue::Binary{"\x80"})));
}

TEST(KeyBytes, FollowOneAnotherWithoutMixing) {
  EXPECT_LT(bytesOf(AttributeValue("a")) + bytesOf(AttributeValue("z")),
            bytesOf(AttributeValue("ab")) + bytesOf(AttributeValue("a")));
}

TEST(KeyBytes, PrefixesArePrefixesOfTheTextsThatBeginWithThem) {
  using namespace std::string_literals;
  for (const std::string& prefix : {""s, "a"s, "a\0"s}) {
    std::string bytes;
    appendKeyPrefixBytes(bytes, AttributeValue(prefix));
    EXPECT_TRUE(bytesOf(AttributeValue(prefix)).starts_with(bytes));
    EXPECT_TRUE(bytesOf(AttributeValue(prefix + "more")).starts_with(bytes));
    EXPECT_FALSE(!prefix.empty() && bytesOf(AttributeValue("b")).starts_with(bytes));
  }
}

}  // namespace
}  // namespace ddblog
