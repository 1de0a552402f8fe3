#include "base/utf8.h"

#include <algorithm>

namespace ddblog {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

unsigned char byteAt(std::string_view text, std::size_t place) { return static_cast<unsigned char>(text[place]); }

}  // namespace

std::size_t utf8Length(std::string_view text, std::size_t begin) {
  const unsigned char lead = byteAt(text, begin);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - begin < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byteAt(text, begin + i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byteAt(text, begin + 1);
  const bool is_overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool is_surrogate = lead == 0xed && second >= 0xa0;
  const bool is_beyond_unicode = lead == 0xf4 && second >= 0x90;
  return is_overlong || is_surrogate || is_beyond_unicode ? 0 : length;
}

std::string validUtf8(std::string_view text, std::size_t most) {
  std::string valid;
  valid.reserve(std::min(text.size(), most));
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8Length(text, i);
    const std::string_view character = length > 0 ? text.substr(i, length) : kReplacement;
    if (valid.size() + character.size() > most) break;
    valid += character;
    i += std::max<std::size_t>(length, 1);
  }
  return valid;
}

}  // namespace ddblog
