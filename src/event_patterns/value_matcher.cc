#include "event_patterns/value_matcher.h"

#include <arpa/inet.h>

#include <algorithm>

namespace ddblog::event_patterns {
namespace {

// The lower-case form of letters in the alphabets below; everything else is unchanged.
char32_t fold(char32_t c) {
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (c < 0x80) return c;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;    // Latin-1
  if (c >= 0x100 && c <= 0x137 && c != 0x130) return c | 1;  // Latin Extended-A: capitals are even …
  if (c >= 0x139 && c <= 0x148) return c + (c & 1);          // … here they are odd …
  if (c >= 0x14A && c <= 0x177) return c | 1;                // … and here even again
  if (c == 0x178) return 0xFF;
  if (c >= 0x179 && c <= 0x17E) return c + (c & 1);
  if (c >= 0x391 && c <= 0x3A9) return c + 32;  // Greek
  if (c >= 0x400 && c <= 0x40F) return c + 80;  // Cyrillic
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  return c;
}

// Folds the case of characters of one or two bytes in UTF-8; longer ones are copied, because the
// alphabets above have none.
std::string foldCase(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      out.push_back(static_cast<char>(fold(c)));
    } else if ((c & 0xE0) == 0xC0 && i + 1 < text.size()) {
      const char32_t folded =
          fold((static_cast<char32_t>(c & 0x1F) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3F));
      out.push_back(static_cast<char>(0xC0 | (folded >> 6)));
      out.push_back(static_cast<char>(0x80 | (folded & 0x3F)));
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

}  // namespace

std::optional<AddressBytes> readAddress(std::string_view text) {
  if (text.empty() || text.size() > 45) return std::nullopt;
  const std::string terminated(text);
  unsigned char bytes[16];
  if (inet_pton(AF_INET, terminated.c_str(), bytes) == 1) return AddressBytes(reinterpret_cast<char*>(bytes), 4);
  if (inet_pton(AF_INET6, terminated.c_str(), bytes) == 1) return AddressBytes(reinterpret_cast<char*>(bytes), 16);
  return std::nullopt;
}

ValueMatcher ValueMatcher::exact(Scalar value) {
  ValueMatcher matcher(Kind::kExact);
  if (value.isString()) {
    // A string that is an IP address is compared as an address, so it equals other spellings.
    if (auto address = readAddress(value.text)) matcher.low_address_ = std::move(*address);
  }
  matcher.value_ = std::move(value);
  return matcher;
}

ValueMatcher ValueMatcher::prefix(std::string text, bool ignore_case) {
  ValueMatcher matcher(Kind::kPrefix);
  matcher.ignore_case_ = ignore_case;
  matcher.value_ = Scalar::string(ignore_case ? foldCase(text) : std::move(text));
  return matcher;
}

ValueMatcher ValueMatcher::suffix(std::string text, bool ignore_case) {
  ValueMatcher matcher(Kind::kSuffix);
  matcher.ignore_case_ = ignore_case;
  matcher.value_ = Scalar::string(ignore_case ? foldCase(text) : std::move(text));
  return matcher;
}

ValueMatcher ValueMatcher::equalsIgnoreCase(std::string_view text) {
  ValueMatcher matcher(Kind::kEqualsIgnoreCase);
  matcher.ignore_case_ = true;
  matcher.value_ = Scalar::string(foldCase(text));
  return matcher;
}

ValueMatcher ValueMatcher::wildcard(std::vector<std::string> between_stars) {
  ValueMatcher matcher(Kind::kWildcard);
  matcher.parts_ = std::move(between_stars);
  return matcher;
}

ValueMatcher ValueMatcher::numericRange(std::optional<Decimal> low, bool low_open, std::optional<Decimal> high,
                                        bool high_open) {
  ValueMatcher matcher(Kind::kNumericRange);
  matcher.low_ = low;
  matcher.low_open_ = low_open;
  matcher.high_ = high;
  matcher.high_open_ = high_open;
  return matcher;
}

ValueMatcher ValueMatcher::addressRange(AddressBytes low, AddressBytes high) {
  ValueMatcher matcher(Kind::kAddressRange);
  matcher.low_address_ = std::move(low);
  matcher.high_address_ = std::move(high);
  return matcher;
}

ValueMatcher ValueMatcher::exists() { return ValueMatcher(Kind::kExists); }

ValueMatcher ValueMatcher::absent() { return ValueMatcher(Kind::kAbsent); }

ValueMatcher ValueMatcher::anythingBut(std::vector<ValueMatcher> none_of) {
  ValueMatcher matcher(Kind::kAnythingBut);
  matcher.none_of_ = std::move(none_of);
  return matcher;
}

bool ValueMatcher::matches(const Scalar& value) const {
  switch (kind_) {
    case Kind::kExact: {
      if (value_.equals(value)) return true;
      if (low_address_.empty() || !value.isString()) return false;
      return readAddress(value.text) == low_address_;
    }
    case Kind::kNumericRange:
      return value.number && isInRange(*value.number);
    case Kind::kExists:
      return true;
    case Kind::kAbsent:
      return false;
    case Kind::kAnythingBut:
      return std::none_of(none_of_.begin(), none_of_.end(),
                          [&value](const ValueMatcher& other) { return other.matches(value); });
    default:
      return value.isString() && (ignore_case_ ? matchesString(foldCase(value.text)) : matchesString(value.text));
  }
}

bool ValueMatcher::matchesString(std::string_view text) const {
  switch (kind_) {
    case Kind::kPrefix:
      return text.starts_with(value_.text);
    case Kind::kSuffix:
      return text.ends_with(value_.text);
    case Kind::kEqualsIgnoreCase:
      return text == value_.text;
    case Kind::kWildcard:
      return matchesWildcard(text);
    case Kind::kAddressRange: {
      const auto address = readAddress(text);
      return address && address->size() == low_address_.size() && low_address_ <= *address && *address <= high_address_;
    }
    default:
      return false;
  }
}

// The text must start with the first part, end with the last, and contain the others in between, in
// order. Taking the earliest position for each part is always right.
bool ValueMatcher::matchesWildcard(std::string_view text) const {
  if (parts_.size() == 1) return text == parts_.front();
  if (!text.starts_with(parts_.front())) return false;
  text.remove_prefix(parts_.front().size());
  for (std::size_t i = 1; i + 1 < parts_.size(); ++i) {
    const std::size_t found = text.find(parts_[i]);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + parts_[i].size());
  }
  return text.ends_with(parts_.back());
}

bool ValueMatcher::isInRange(const Decimal& number) const {
  if (low_ && (low_open_ ? number <= *low_ : number < *low_)) return false;
  if (high_ && (high_open_ ? number >= *high_ : number > *high_)) return false;
  return true;
}

}  // namespace ddblog::event_patterns
