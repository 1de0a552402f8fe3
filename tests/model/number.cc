#include "model/number.h"

#include <algorithm>
#include <stdexcept>

namespace ddblog::model {

namespace {

std::strong_ordering compareTexts(std::string_view one, std::string_view other) { return one.compare(other) <=> 0; }

// Whole numbers of as many digits.
std::string sumOf(const std::string& one, const std::string& other) {
  std::string sum(one.size() + 1, '0');
  int carry = 0;
  for (std::size_t i = one.size(); i-- > 0;) {
    const int digit = (one[i] - '0') + (other[i] - '0') + carry;
    sum[i + 1] = static_cast<char>('0' + digit % 10);
    carry = digit / 10;
  }
  sum[0] = static_cast<char>('0' + carry);
  return sum;
}

// The same; `one` is not the smaller.
std::string differenceOf(const std::string& one, const std::string& other) {
  std::string difference(one.size(), '0');
  int borrowed = 0;
  for (std::size_t i = one.size(); i-- > 0;) {
    int digit = (one[i] - '0') - (other[i] - '0') - borrowed;
    borrowed = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 10;
    difference[i] = static_cast<char>('0' + digit);
  }
  return difference;
}

}  // namespace

Number Number::make(bool negative, std::string digits, int exponent) {
  digits.erase(0, digits.find_first_not_of('0'));
  while (!digits.empty() && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  Number number;
  if (digits.empty()) return number;
  number.negative_ = negative;
  number.digits_ = std::move(digits);
  number.exponent_ = exponent;
  return number;
}

Number Number::parse(std::string_view text) {
  const std::string whole(text);
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const std::size_t e = text.find_first_of("eE");
  int exponent = e == std::string_view::npos ? 0 : std::stoi(std::string(text.substr(e + 1)));
  text = text.substr(0, e);
  std::string digits;
  bool past_point = false;
  for (char c : text) {
    if (c == '.' && !past_point) {
      past_point = true;
    } else if (c >= '0' && c <= '9') {
      digits += c;
      if (past_point) --exponent;
    } else {
      throw std::invalid_argument("not a number: " + whole);
    }
  }
  if (digits.empty()) throw std::invalid_argument("not a number: " + whole);
  return make(negative, std::move(digits), exponent);
}

std::string Number::toString(unsigned spelling) const {
  if (isZero()) return spelling % 3 == 1 ? "0.0" : "0";
  const std::string sign = negative_ ? "-" : "";
  const bool is_short = exponent_ <= 0 && exponent_ > -20 && digits_.size() < 30;
  if (spelling % 3 != 2 && is_short) {
    std::string text = digits_;
    const std::size_t fraction = static_cast<std::size_t>(-exponent_);
    if (text.size() <= fraction) text.insert(0, fraction + 1 - text.size(), '0');
    if (fraction > 0) text.insert(text.size() - fraction, ".");
    if (spelling % 3 == 1) text += fraction > 0 ? "0" : ".0";
    return sign + text;
  }
  return sign + digits_ + (spelling % 2 == 0 ? "e" : "E") + std::to_string(exponent_);
}

bool Number::isStorable() const {
  if (isZero()) return true;
  const int magnitude = static_cast<int>(digits_.size()) + exponent_ - 1;
  return digits_.size() <= 38 && magnitude >= -130 && magnitude <= 125;
}

Number Number::operator+(const Number& other) const {
  if (isZero()) return other;
  if (other.isZero()) return *this;
  const int exponent = std::min(exponent_, other.exponent_);
  std::string one = digits_ + std::string(static_cast<std::size_t>(exponent_ - exponent), '0');
  std::string two = other.digits_ + std::string(static_cast<std::size_t>(other.exponent_ - exponent), '0');
  const std::size_t size = std::max(one.size(), two.size());
  one.insert(0, size - one.size(), '0');
  two.insert(0, size - two.size(), '0');
  if (negative_ == other.negative_) return make(negative_, sumOf(one, two), exponent);
  if (one >= two) return make(negative_, differenceOf(one, two), exponent);
  return make(other.negative_, differenceOf(two, one), exponent);
}

Number Number::operator-() const { return make(!negative_, digits_, exponent_); }

std::strong_ordering Number::operator<=>(const Number& other) const {
  const int sign = isZero() ? 0 : negative_ ? -1 : 1;
  const int other_sign = other.isZero() ? 0 : other.negative_ ? -1 : 1;
  if (sign != other_sign || sign == 0) return sign <=> other_sign;
  const int size = static_cast<int>(digits_.size()) + exponent_;
  const int other_size = static_cast<int>(other.digits_.size()) + other.exponent_;
  const auto magnitudes = size != other_size ? size <=> other_size : compareTexts(digits_, other.digits_);
  return sign > 0 ? magnitudes : 0 <=> magnitudes;
}

}  // namespace ddblog::model
