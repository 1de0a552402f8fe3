#include "cli/terminal/printable.h"

#include <algorithm>
#include <cstddef>

namespace ddblog::cli {
namespace {

unsigned char byteAt(std::string_view text, std::size_t place) { return static_cast<unsigned char>(text[place]); }

bool isPlain(char c) { return (c >= ' ' && c <= '~') || c == '\t'; }

// The length of the character at `begin` if it is valid UTF-8 (RFC 3629) of more than one byte, and
// no control character; otherwise 0.
std::size_t lengthOfCharacter(std::string_view text, std::size_t begin) {
  const unsigned char lead = byteAt(text, begin);
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - begin < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byteAt(text, begin + i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byteAt(text, begin + 1);
  const bool is_c1 = lead == 0xc2 && second < 0xa0;
  const bool is_overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool is_surrogate = lead == 0xed && second >= 0xa0;
  const bool is_beyond_unicode = lead == 0xf4 && second >= 0x90;
  return is_c1 || is_overlong || is_surrogate || is_beyond_unicode ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), isPlain)) return std::string(text);
  constexpr const char* kDigits = "0123456789abcdef";
  std::string shown;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = isPlain(text[i]) ? 1 : lengthOfCharacter(text, i);
    shown += text.substr(i, length);
    if (length == 0) {
      shown += "\\x";
      shown += kDigits[byteAt(text, i) >> 4];
      shown += kDigits[byteAt(text, i) & 15];
    }
    i += std::max<std::size_t>(length, 1);
  }
  return shown;
}

}  // namespace ddblog::cli
