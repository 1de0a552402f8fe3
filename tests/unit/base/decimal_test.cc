// DynamoDB's numbers: read, shown, added, ordered.
#include "base/decimal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/api_error.h"

namespace ddblog {
namespace {

std::string shown(std::string_view text) { return Decimal::parse(text).toString(); }

std::string refusal(std::string_view text) {
  try {
    Decimal::parse(text);
  } catch (const ApiError& error) {
    EXPECT_EQ(error.type(), "ValidationException");
    return error.message();
  }
  return "not refused";
}

std::string bytesOf(const Decimal& number) {
  std::string bytes;
  number.appendOrderedBytes(bytes);
  return bytes;
}

TEST(Decimal, IsShownInPlainNotationWithoutSuperfluousZeros) {
  EXPECT_EQ(shown("0"), "0");
  EXPECT_EQ(shown("-0.000"), "0");
  EXPECT_EQ(shown("007"), "7");
  EXPECT_EQ(shown("1.500"), "1.5");
  EXPECT_EQ(shown("-12.50"), "-12.5");
  EXPECT_EQ(shown("+.5"), "0.5");
  EXPECT_EQ(shown("5."), "5");
  EXPECT_EQ(shown("1e3"), "1000");
  EXPECT_EQ(shown("1E-3"), "0.001");
  EXPECT_EQ(shown("123.456e+2"), "12345.6");
  EXPECT_EQ(shown("0e125"), "0");
  EXPECT_EQ(shown("0.000e-127"), "0");
  EXPECT_EQ(shown("1e125"), "1" + std::string(125, '0'));
  EXPECT_EQ(shown("-1e-130"), "-0." + std::string(129, '0') + "1");
  EXPECT_EQ(shown("12345678901234567890123456789012345678"), "12345678901234567890123456789012345678");
  EXPECT_EQ(shown("9.9999999999999999999999999999999999999E+125"), std::string(38, '9') + std::string(88, '0'));
}

TEST(Decimal, OfMoreThan38SignificantDigitsIsRefused) {
  EXPECT_EQ(refusal("123456789012345678901234567890123456789"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(refusal("1." + std::string(37, '0') + "01"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(shown("1" + std::string(60, '0')), "1" + std::string(60, '0'));
  EXPECT_EQ(shown("0." + std::string(60, '0') + "1000"), "0." + std::string(60, '0') + "1");
}

TEST(Decimal, OutOfRangeIsRefused) {
  EXPECT_EQ(refusal("1e126"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(refusal("-1e999999999999999"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
  // Zero as a 1 in the place of its last digit.
  EXPECT_EQ(refusal("0e126"),
            "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(refusal("0.0e-130"),
            "Number underflow. Attempting to store a number with magnitude smaller than supported range");
  EXPECT_EQ(refusal("1e99999999999999999999"),
            "The parameter cannot be converted to a numeric value: 1e99999999999999999999");
  EXPECT_EQ(refusal("1e-131"),
            "Number underflow. Attempting to store a number with magnitude smaller than supported range");
}

TEST(Decimal, ThatIsNoNumberIsRefused) {
  EXPECT_EQ(refusal(""), "The parameter cannot be converted to a numeric value");
  for (const char* text : {"b", "-", ".", "1e", "1e+", "1e1.5", " 7", "7 ", "1,5", "0x10", "NaN", "Infinity", "1..2",
                           "--1", "1-", "e5", "1_000", "\xC2\xB2"}) {
    EXPECT_EQ(refusal(text), std::string("The parameter cannot be converted to a numeric value: ") + text);
  }
}

TEST(Decimal, EqualNumbersAreEqualHoweverTheyAreWritten) {
  EXPECT_EQ(Decimal::parse("1"), Decimal::parse("1.0"));
  EXPECT_EQ(Decimal::parse("1e0"), Decimal::parse("0.1e1"));
  EXPECT_EQ(Decimal(0), Decimal::parse("-0"));
  EXPECT_EQ(Decimal(-1200), Decimal::parse("-1.2e3"));
  EXPECT_EQ(bytesOf(Decimal(100)), bytesOf(Decimal::parse("1e2")));
}

TEST(Decimal, IsExactInSumsAndDifferences) {
  const auto sum = [](const char* a, const char* b) { return (Decimal::parse(a) + Decimal::parse(b)).toString(); };
  EXPECT_EQ(sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(sum("1", "-1"), "0");
  EXPECT_EQ(sum("-5", "3"), "-2");
  EXPECT_EQ(sum("99999999999999999999999999999999999999", "1"), "1" + std::string(38, '0'));
  EXPECT_EQ(sum("1e37", "1"), "1" + std::string(36, '0') + "1");
  EXPECT_EQ((Decimal(3) - Decimal::parse("0.5")).toString(), "2.5");
  EXPECT_EQ((-Decimal(0)).toString(), "0");
}

TEST(Decimal, SumsThatNeedMoreThan38DigitsAreRefusedNotRounded) {
  EXPECT_THROW(Decimal::parse("1e38") + Decimal(1), ApiError);
  EXPECT_THROW(Decimal::parse("1e125") + Decimal::parse("1e-130"), ApiError);
  EXPECT_THROW(Decimal::parse("9e38") - Decimal::parse("12345678901234567890123456789012345678"), ApiError);
  EXPECT_THROW(Decimal::parse("9.9e125") + Decimal::parse("1e124"), ApiError);
  EXPECT_EQ((Decimal::parse("1e38") - Decimal(1)).toString(), std::string(38, '9'));
}

TEST(Decimal, BecomesAnIntegerWhereItIsOne) {
  EXPECT_EQ(Decimal(INT64_MIN).toInt64(), INT64_MIN);
  EXPECT_EQ(Decimal(INT64_MAX).toInt64(), INT64_MAX);
  EXPECT_EQ(Decimal::parse("9223372036854775808").toInt64(), std::nullopt);
  EXPECT_EQ(Decimal::parse("1.5").toInt64(), std::nullopt);
  EXPECT_EQ(Decimal::parse("1e30").toInt64(), std::nullopt);
  EXPECT_EQ(Decimal::parse("12e2").toInt64(), 1200);
}

std::vector<Decimal> numbersOfAllKinds() {
  std::vector<Decimal> numbers;
  for (const char* text : {"0", "1", "9", "10", "11", "99", "100", "101", "0.1", "0.01", "0.011", "1e-130", "1.1e-130",
                           "1e125", "9.9e125", "1.2345e-129", "12345678901234567890123456789012345678"}) {
    numbers.push_back(Decimal::parse(text));
    numbers.push_back(-numbers.back());
  }
  std::mt19937_64 random(42);
  for (int i = 0; i < 3000; ++i) {
    std::string text = random() % 2 ? "-" : "";
    const std::size_t digits = 1 + random() % 38;
    for (std::size_t j = 0; j < digits; ++j) text.push_back(static_cast<char>('0' + random() % (i % 3 ? 10 : 2)));
    const int exponent = static_cast<int>(random() % 200) - 120;
    numbers.push_back(Decimal::parse(text + "e" + std::to_string(i % 2 ? exponent : exponent / 60)));
  }
  return numbers;
}

TEST(Decimal, OrdersItsBytesAsItsValues) {
  std::vector<Decimal> numbers = numbersOfAllKinds();
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const std::string before = bytesOf(numbers[i - 1]), after = bytesOf(numbers[i]);
    ASSERT_EQ(numbers[i - 1] == numbers[i], before == after) << numbers[i].toString();
    ASSERT_LE(before, after) << numbers[i - 1].toString() << " " << numbers[i].toString();
  }
}

TEST(Decimal, ComesBackFromItsBytesAndItsText) {
  for (const Decimal& number : numbersOfAllKinds()) {
    ASSERT_EQ(Decimal::parse(number.toString()), number);
    const std::string bytes = bytesOf(number) + "rest";
    std::string_view in = bytes;
    ASSERT_EQ(Decimal::takeOrderedBytes(in), number);
    ASSERT_EQ(in, "rest");
  }
}

TEST(Decimal, RefusesBytesThatItDidNotWrite) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view bytes :
       {""sv, "\x80"sv, "\x80\x03"sv, "\xC1\x00"sv, "\xC1\x01\x02"sv, "\xC1\xFF"sv, "\xC1\xC9\x02"sv, "\x7F\xFF"sv}) {
    std::string_view in = bytes;
    EXPECT_THROW(Decimal::takeOrderedBytes(in), std::runtime_error) << testing::PrintToString(std::string(bytes));
  }
  const std::string endless = "\xC1" + std::string(100, '\x05');
  std::string_view in = endless;
  EXPECT_THROW(Decimal::takeOrderedBytes(in), std::runtime_error);
}

TEST(Decimal, CountsItsSignificantDigits) {
  EXPECT_EQ(Decimal().significantDigits(), 0);
  EXPECT_EQ(Decimal(1000).significantDigits(), 1);
  EXPECT_EQ(Decimal::parse("-123.45").significantDigits(), 5);
  EXPECT_EQ(Decimal::parse(std::string(38, '9')).significantDigits(), 38);
}

}  // namespace
}  // namespace ddblog
