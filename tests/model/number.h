// A decimal number as it is done on paper: a text of digits and where the last one stands. Slow and simple, and nothing
// of src/base/decimal.h is in it: what the model test's numbers are compared by.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace ddblog::model {

class Number {
 public:
  Number() = default;  // zero
  Number(int value) : Number(parse(std::to_string(value))) {}

  // "-12.50", "1e10". Throws std::invalid_argument.
  static Number parse(std::string_view text);

  // One of several notations of the same number, by `spelling`.
  std::string toString(unsigned spelling = 0) const;

  bool isZero() const { return digits_.empty(); }
  // Whether DynamoDB can hold it: 38 digits, from 1E-130 to 9.9…E+125.
  bool isStorable() const;
  Number operator+(const Number& other) const;
  Number operator-() const;

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const = default;

 private:
  static Number make(bool negative, std::string digits, int exponent);

  // The value is `digits_` as a whole number, times ten to the power of `exponent_`. No zeros at either end; zero has
  // no digits.
  bool negative_ = false;
  std::string digits_;
  int exponent_ = 0;
};

}  // namespace ddblog::model
