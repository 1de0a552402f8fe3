#include "services/dynamodb/core/partition_hash.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace ddblog::dynamodb {
namespace {

using testing::ElementsAreArray;

std::uint64_t hashOf(const AttributeValue& value) {
  const AttributeValue* const key = &value;
  return partitionHash(std::span(&key, 1));
}

std::uint64_t hashOfNumber(std::string_view text) { return hashOf(AttributeValue(Decimal::parse(text))); }

// The orders and the hashes' beginnings are those of dynalite's tests, which ran against AWS.
TEST(PartitionHash, PutsStringsInTheOrderOfAws) {
  const std::vector<std::string> in_order = {"2", "8", "9",    "1",       "6", "hello", "0",
                                             "5", "4", "äáöü", "aardman", "7", "3",     "zapf"};
  std::vector<std::string> sorted = in_order;
  std::ranges::sort(sorted, {}, [](const std::string& text) { return hashOf(AttributeValue(text)); });
  EXPECT_THAT(sorted, ElementsAreArray(in_order));
}

TEST(PartitionHash, PutsNumbersInTheOrderOfAws) {
  const std::vector<std::string> in_order = {"7", "999.9", "8", "3", "2", "-999.9",   "9",
                                             "4", "-0.09", "6", "1", "0", "0.012345", "5"};
  std::vector<std::string> sorted = in_order;
  std::ranges::sort(sorted, {}, hashOfNumber);
  EXPECT_THAT(sorted, ElementsAreArray(in_order));
}

TEST(PartitionHash, BeginsWithTheSegmentOfAWholeTableIn4096) {
  constexpr int kSegmentShift = 64 - 12;
  EXPECT_EQ(hashOf(AttributeValue(std::string("228"))) >> kSegmentShift, 0u);
  EXPECT_EQ(hashOf(AttributeValue(std::string("1668"))) >> kSegmentShift, 1u);
  EXPECT_EQ(hashOf(AttributeValue(std::string("3435"))) >> kSegmentShift, 4u);
  EXPECT_EQ(hashOfNumber("251") >> kSegmentShift, 1u);
  EXPECT_EQ(hashOfNumber("2388") >> kSegmentShift, 4095u);
}

TEST(PartitionHash, IsOfTheNumbersValue) {
  EXPECT_EQ(hashOfNumber("100"), hashOfNumber("1.0e2"));
  EXPECT_NE(hashOfNumber("100"), hashOfNumber("-100"));
}

TEST(PartitionHash, IsOfTheBytesAlone) {
  EXPECT_EQ(hashOf(AttributeValue(std::string("ab"))), hashOf(AttributeValue(AttributeValue::Binary{"ab"})));
}

// As dynalite computes it; 38 digits are 19 or 20 pairs.
TEST(PartitionHash, OfLongNegativeNumbers) {
  EXPECT_EQ(hashOfNumber("-12345678901234567890123456789012345678"), 0x089522115ad1ad19u);
  EXPECT_EQ(hashOfNumber("-1234567890123456789012345678901234567.8"), 0x335ecc43d5704156u);
}

}  // namespace
}  // namespace ddblog::dynamodb
