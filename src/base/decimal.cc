#include "base/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <stdexcept>

#include "base/api_error.h"

namespace ddblog {

namespace {

using Digits = unsigned __int128;

constexpr int kMaxDigits = 38;
constexpr int kMaxMagnitude = 125;   // of the leading digit: 9.99…E+125
constexpr int kMinMagnitude = -130;  // 1E-130
constexpr int kMaxPairs = 20;        // 38 digits can touch 20 pairs

constexpr std::array<Digits, kMaxDigits + 1> makePowers() {
  std::array<Digits, kMaxDigits + 1> powers{};
  Digits power = 1;
  for (Digits& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}

constexpr auto kPowersOfTen = makePowers();

int bitLength(Digits number) {
  const auto high = static_cast<std::uint64_t>(number >> 64);
  return high ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(number));
}

// The number of decimal digits; 0 for 0. 1233/4096 is log10(2) closely enough for 128 bits.
int countDigits(Digits number) {
  const int estimate = bitLength(number) * 1233 >> 12;
  return estimate > kMaxDigits ? estimate : estimate + (number >= kPowersOfTen[estimate] ? 1 : 0);
}

[[noreturn]] void refuseTooManyDigits() {
  throw validationError("Attempting to store more than 38 significant digits in a Number");
}

[[noreturn]] void refuseText(std::string_view text) {
  std::string message = "The parameter cannot be converted to a numeric value";
  if (!text.empty()) message.append(": ").append(text);
  throw validationError(std::move(message));
}

[[noreturn]] void refuseOverflow() {
  throw validationError("Number overflow. Attempting to store a number with magnitude larger than supported range");
}

void checkMagnitude(int magnitude) {
  if (magnitude > kMaxMagnitude) refuseOverflow();
  if (magnitude < kMinMagnitude) {
    throw validationError("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// The exponent after the "e". Clamped to ±1,000,000, which is out of range anyway. std::nullopt:
// not an exponent, or one that does not fit 64 bits.
std::optional<int> readExponent(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  std::int64_t whole = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (text.empty() || !isDigit(text.front()) || read.ptr != text.data() + text.size()) return std::nullopt;
  if (read.ec != std::errc()) return std::nullopt;
  const int exponent = static_cast<int>(std::min<std::int64_t>(whole, 1'000'000));
  return negative ? -exponent : exponent;
}

// Removes trailing zeros and adds their number to the exponent.
void normalise(Digits& coefficient, int& exponent) {
  if (coefficient == 0) {
    exponent = 0;
    return;
  }
  while (coefficient % 10 == 0) {
    coefficient /= 10;
    ++exponent;
  }
}

// Works on the remainders of the halves (2^64 is 6 modulo 10), because 128-bit division is slow.
bool endsWithZero(Digits coefficient) {
  const auto high = static_cast<std::uint64_t>(coefficient >> 64);
  return (high % 10 * 6 + static_cast<std::uint64_t>(coefficient) % 10) % 10 == 0;
}

bool isNormal(Digits coefficient, int exponent, bool negative) {
  if (coefficient == 0) return exponent == 0 && !negative;
  const int digits = countDigits(coefficient);
  const int magnitude = exponent + digits - 1;
  return !endsWithZero(coefficient) && digits <= kMaxDigits && magnitude >= kMinMagnitude && magnitude <= kMaxMagnitude;
}

}  // namespace

Decimal::Decimal(Digits coefficient, int exponent, bool negative)
    : coefficient_(coefficient), exponent_(static_cast<std::int16_t>(exponent)), negative_(negative) {
  assert(isNormal(coefficient, exponent, negative));
}

Decimal::Decimal(std::int64_t value) {
  Digits coefficient = value < 0 ? -static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  int exponent = 0;
  normalise(coefficient, exponent);
  *this = Decimal(coefficient, exponent, value < 0);
}

Decimal Decimal::parse(std::string_view text) {
  std::size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++i;

  Digits coefficient = 0;
  int digits = 0;     // significant ones, up to the last nonzero digit
  long zeros = 0;     // zeros since then
  long fraction = 0;  // digits after the point
  bool any_digit = false;
  bool point = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (point) refuseText(text);
      point = true;
      continue;
    }
    if (!isDigit(c)) break;
    any_digit = true;
    if (point) ++fraction;
    if (c == '0') {
      if (digits > 0) ++zeros;
      continue;
    }
    if (digits + zeros + 1 <= kMaxDigits) {
      coefficient = coefficient * kPowersOfTen[static_cast<std::size_t>(zeros) + 1] + static_cast<unsigned>(c - '0');
    }
    digits = static_cast<int>(digits + zeros + 1 > 1'000'000 ? 1'000'000 : digits + zeros + 1);
    zeros = 0;
  }
  long exponent = 0;
  if (i < text.size() && any_digit && (text[i] == 'e' || text[i] == 'E')) {
    const auto read = readExponent(text.substr(i + 1));
    if (!read) refuseText(text);
    exponent = *read;
    i = text.size();
  }
  if (!any_digit || i != text.size()) refuseText(text);
  if (digits == 0) {
    // Zero has a range too: that of a 1 in the place of its last digit.
    checkMagnitude(static_cast<int>(exponent - std::min(fraction, 10'000L)));
    return {};
  }

  exponent += zeros - fraction;
  const long magnitude = exponent + digits - 1;
  checkMagnitude(static_cast<int>(magnitude > 10'000 ? 10'000 : magnitude < -10'000 ? -10'000 : magnitude));
  if (digits > kMaxDigits) refuseTooManyDigits();
  return Decimal(coefficient, static_cast<int>(exponent), negative);
}

std::string Decimal::toString() const {
  char digits[kMaxDigits + 1];
  int count = 0;
  Digits rest = coefficient_;
  while (rest > UINT64_MAX) {
    digits[count++] = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  for (auto low = static_cast<std::uint64_t>(rest); low != 0; low /= 10) {
    digits[count++] = static_cast<char>('0' + low % 10);
  }
  if (count == 0) return "0";

  std::string text;
  if (negative_) text.push_back('-');
  const int whole = count + exponent_;  // digits before the decimal point
  if (whole <= 0) {
    text.append("0.").append(static_cast<std::size_t>(-whole), '0');
  }
  for (int i = 0; i < count; ++i) {
    if (i == whole && i > 0) text.push_back('.');
    text.push_back(digits[count - 1 - i]);
  }
  if (exponent_ > 0) text.append(static_cast<std::size_t>(exponent_), '0');
  return text;
}

std::optional<std::int64_t> Decimal::toInt64() const {
  if (exponent_ < 0 || exponent_ > 18) return std::nullopt;
  Digits value = 0;
  if (__builtin_mul_overflow(coefficient_, kPowersOfTen[static_cast<std::size_t>(exponent_)], &value)) {
    return std::nullopt;
  }
  const Digits limit = static_cast<Digits>(INT64_MAX) + (negative_ ? 1 : 0);
  if (value > limit) return std::nullopt;
  const auto bits = static_cast<std::uint64_t>(value);
  return static_cast<std::int64_t>(negative_ ? -bits : bits);
}

// Scales both to the smaller exponent. If that does not fit 128 bits, the exact result has more
// than 38 digits: numbers are normalised, so the last digit of a sum of different exponents is
// never zero.
Decimal Decimal::operator+(const Decimal& other) const {
  if (isZero()) return other;
  if (other.isZero()) return *this;
  const Decimal& high = exponent_ >= other.exponent_ ? *this : other;
  const Decimal& low = exponent_ >= other.exponent_ ? other : *this;
  const int shift = high.exponent_ - low.exponent_;
  Digits aligned = 0;
  if (shift > kMaxDigits ||
      __builtin_mul_overflow(high.coefficient_, kPowersOfTen[static_cast<std::size_t>(shift)], &aligned)) {
    refuseOverflow();
  }
  Digits sum = 0;
  bool negative = high.negative_;
  if (high.negative_ == low.negative_) {
    if (__builtin_add_overflow(aligned, low.coefficient_, &sum)) refuseOverflow();
  } else {
    const bool high_wins = aligned >= low.coefficient_;
    negative = high_wins ? high.negative_ : low.negative_;
    sum = high_wins ? aligned - low.coefficient_ : low.coefficient_ - aligned;
  }
  if (sum == 0) return {};
  int exponent = low.exponent_;
  normalise(sum, exponent);
  const int digits = countDigits(sum);
  checkMagnitude(exponent + digits - 1);
  if (digits > kMaxDigits) refuseOverflow();
  return Decimal(sum, exponent, negative);
}

Decimal Decimal::operator-(const Decimal& other) const { return *this + -other; }

Decimal Decimal::operator-() const {
  Decimal opposite = *this;
  if (!isZero()) opposite.negative_ = !negative_;
  return opposite;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  const int sign = isZero() ? 0 : negative_ ? -1 : 1;
  const int other_sign = other.isZero() ? 0 : other.negative_ ? -1 : 1;
  if (sign != other_sign || sign == 0) return sign <=> other_sign;

  const int digits = countDigits(coefficient_);
  const int other_digits = countDigits(other.coefficient_);
  std::strong_ordering order = exponent_ + digits <=> other.exponent_ + other_digits;
  if (order == 0) {
    const int shift = digits - other_digits;
    const Digits mine = shift < 0 ? coefficient_ * kPowersOfTen[static_cast<std::size_t>(-shift)] : coefficient_;
    const Digits theirs =
        shift > 0 ? other.coefficient_ * kPowersOfTen[static_cast<std::size_t>(shift)] : other.coefficient_;
    order = mine <=> theirs;
  }
  return sign > 0 ? order : 0 <=> order;
}

int Decimal::significantDigits() const { return countDigits(coefficient_); }

// Ordered bytes: a header, then the digits in pairs from the left, each pair (0 to 99) at an even
// power of ten:
//
//   positive   0x80 + p   2 × pair + 1 …   2 × pair         p = (power of ten of the first pair) / 2 + 65, 0 to 127
//   negative   0x7F - p   the same bytes, each as 0xFF - b
//   zero       0x80       0x00                              (smaller than any first pair, which is at least 1)
//
// The even byte marks the last pair, so no length is needed, and a number with further digits sorts
// after its prefix.
void Decimal::appendOrderedBytes(std::string& out) const {
  if (isZero()) {
    out.append("\x80\x00", 2);
    return;
  }
  unsigned char pairs[kMaxPairs];
  int count = 0;
  Digits rest = coefficient_;
  int power = exponent_;
  if (power & 1) {
    pairs[count++] = static_cast<unsigned char>(static_cast<int>(rest % 10) * 10);
    rest /= 10;
    --power;
  }
  while (rest > UINT64_MAX) {
    pairs[count++] = static_cast<unsigned char>(rest % 100);
    rest /= 100;
  }
  for (auto low = static_cast<std::uint64_t>(rest); low != 0; low /= 100) {
    pairs[count++] = static_cast<unsigned char>(low % 100);
  }
  const int p = (power + 2 * (count - 1)) / 2 + 65;
  const unsigned char flip = negative_ ? 0xFF : 0x00;
  out.push_back(static_cast<char>((0x80 + p) ^ flip));
  for (int i = count - 1; i >= 0; --i) {
    out.push_back(static_cast<char>((2 * pairs[i] + (i > 0 ? 1 : 0)) ^ flip));
  }
}

Decimal Decimal::takeOrderedBytes(std::string_view& in) {
  const auto broken = [] { return std::runtime_error("not the ordered bytes of a number"); };
  if (in.size() < 2) throw broken();
  const auto header = static_cast<unsigned char>(in[0]);
  const bool negative = header < 0x80;
  const unsigned char flip = negative ? 0xFF : 0x00;
  Digits coefficient = 0;
  const int p = (header ^ flip) - 0x80;
  std::size_t used = 1;
  int digits = 0;
  for (int power = 2 * (p - 65);; power -= 2) {
    if (used == in.size() || used > kMaxPairs) throw broken();
    const int byte = static_cast<unsigned char>(in[used++]) ^ flip;
    const int pair = byte >> 1;
    const bool last = (byte & 1) == 0;
    if (pair > 99 || (digits == 0 && pair == 0 && !last)) throw broken();
    const bool half = last && pair % 10 == 0;  // the digit at the odd power is the number's last one
    if (last && pair == 0) {
      if (digits > 0 || p != 0 || negative) throw broken();
      in.remove_prefix(used);
      return {};
    }
    digits += (digits == 0 && pair < 10 ? 1 : 2) - (half ? 1 : 0);
    if (digits > kMaxDigits) throw broken();
    coefficient =
        half ? coefficient * 10 + static_cast<unsigned>(pair / 10) : coefficient * 100 + static_cast<unsigned>(pair);
    if (last) {
      in.remove_prefix(used);
      return Decimal(coefficient, half ? power + 1 : power, negative);
    }
  }
}

}  // namespace ddblog
