#include "item/legacy_numbers.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace ddblog {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

struct Parts {
  std::int64_t exponent = 0;   // clamped to a range that is wider than 32 bits
  std::int64_t scale = 0;      // digits after the point, less the exponent
  std::int64_t precision = 0;  // significant digits, with zeros at the end
};

Parts partsOf(std::string_view text) {
  Parts parts;
  bool point = false;
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  for (const char c : text.substr(0, mark)) {
    if (c == '.') point = true;
    if (c < '0' || c > '9') continue;
    if (point) ++parts.scale;
    if (c != '0' || parts.precision > 0) ++parts.precision;
  }
  parts.precision = std::max<std::int64_t>(parts.precision, 1);  // zero has one digit
  if (mark == text.size()) return parts;

  std::string_view exponent_text = text.substr(mark + 1);
  if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto read = std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (read.ec == std::errc::result_out_of_range) exponent = exponent_text.starts_with('-') ? 2 * kLeast : 2 * kMost;
  parts.exponent = std::clamp(exponent, 2 * kLeast, 2 * kMost);
  parts.scale -= parts.exponent;
  return parts;
}

bool has32Bits(std::int64_t number) { return number >= kLeast && number <= kMost; }

}  // namespace

bool hasBigDecimalScale(std::string_view text) {
  const Parts parts = partsOf(text);
  return has32Bits(parts.exponent) && has32Bits(parts.scale);
}

std::string legacyNumberMessage(std::string_view text, const ApiError& error) {
  if (!error.message().starts_with("Number ")) return error.message();  // not a number, or too many digits
  if (!hasBigDecimalScale(text)) return "The parameter cannot be converted to a numeric value: " + std::string(text);
  const Parts parts = partsOf(text);
  if (parts.precision - parts.scale <= kMost) return error.message();
  return "Number underflow. Attempting to store a number with magnitude smaller than supported range";
}

}  // namespace ddblog
