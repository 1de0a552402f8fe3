// DynamoDB's numbers: exact decimals of at most 38 significant digits.
//
// Value: (-1)^negative × coefficient × 10^exponent, kept normalised (no trailing zeros in the
// coefficient; zero has exponent 0 and no sign), so equal numbers have equal representations.
// Range: zero, and magnitudes from 1E-130 to 9.9999999999999999999999999999999999999E+125. 38
// digits fit an unsigned __int128 (3.4E+38).
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
//
// Thread safety: a value type.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ddblog {

class Decimal {
 public:
  Decimal() = default;  // zero
  explicit Decimal(std::int64_t value);

  // Reads "-12.50", "1e10", "+.5"; blanks are errors. Throws ApiError ValidationException with
  // DynamoDB's message: "The parameter cannot be converted to a numeric value: X", "Attempting to
  // store more than 38 significant digits in a Number", "Number overflow. Attempting to store a
  // number with magnitude larger than supported range", or "Number underflow. Attempting to store a
  // number with magnitude smaller than supported range".
  static Decimal parse(std::string_view text);

  // As DynamoDB returns it: plain notation without superfluous zeros ("0.001", "100", "-3.14"),
  // scientific notation only where DynamoDB uses it.
  std::string toString() const;

  bool isZero() const { return coefficient_ == 0; }
  bool isNegative() const { return negative_; }
  // The value as an integer; std::nullopt if it is not an integer or does not fit.
  std::optional<std::int64_t> toInt64() const;

  // Exact: throws ApiError ValidationException if the result is out of range or has more than 38
  // digits, which counts as an overflow; never rounds.
  Decimal operator+(const Decimal& other) const;
  Decimal operator-(const Decimal& other) const;
  Decimal operator-() const;

  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const = default;

  // Appends self-delimiting bytes whose lexicographic order is the numeric order. Used in keys and
  // as the compact form in stored items.
  void appendOrderedBytes(std::string& out) const;
  // Reads and removes from the front of `in` what appendOrderedBytes wrote. Throws
  // std::runtime_error on other bytes.
  static Decimal takeOrderedBytes(std::string_view& in);

  // The number of significant digits, for DynamoDB's size calculation. 0 for zero.
  int significantDigits() const;
  // The exponent of the last digit (value = coefficient × 10^exponent).
  int exponent() const { return exponent_; }

 private:
  // Asserts that the parts are normalised.
  Decimal(unsigned __int128 coefficient, int exponent, bool negative);

  unsigned __int128 coefficient_ = 0;
  std::int16_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace ddblog
