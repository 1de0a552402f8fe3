#include "cli/terminal/printable.h"

#include <algorithm>
#include <cstddef>

#include "base/utf8.h"

namespace ddblog::cli {
namespace {

unsigned char byteAt(std::string_view text, std::size_t place) { return static_cast<unsigned char>(text[place]); }

bool isPlain(char c) { return (c >= ' ' && c <= '~') || c == '\t'; }

// The length of the character at `begin` if it is valid UTF-8 and no control character; otherwise 0.
std::size_t lengthOfShown(std::string_view text, std::size_t begin) {
  if (byteAt(text, begin) < 0x80) return isPlain(text[begin]) ? 1 : 0;
  const bool is_c1 = byteAt(text, begin) == 0xc2 && begin + 1 < text.size() && byteAt(text, begin + 1) < 0xa0;
  return is_c1 ? 0 : utf8Length(text, begin);
}

}  // namespace

std::string printable(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), isPlain)) return std::string(text);
  constexpr const char* kDigits = "0123456789abcdef";
  std::string shown;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = lengthOfShown(text, i);
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
