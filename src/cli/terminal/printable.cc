#include "cli/terminal/printable.h"

#include <algorithm>
#include <cstddef>

#include "base/utf8.h"

namespace ddblog::cli {
namespace {

constexpr const char* kDigits = "0123456789abcdef";

unsigned char byteAt(std::string_view text, std::size_t place) { return static_cast<unsigned char>(text[place]); }

bool isPlain(char c) { return (c >= ' ' && c <= '~') || c == '\t'; }

bool isC1(std::string_view text, std::size_t begin) {
  return byteAt(text, begin) == 0xc2 && begin + 1 < text.size() && byteAt(text, begin + 1) < 0xa0;
}

// The length of the character at `begin` if it is valid UTF-8 and no control character; otherwise 0.
std::size_t lengthOfShown(std::string_view text, std::size_t begin) {
  if (byteAt(text, begin) < 0x80) return isPlain(text[begin]) ? 1 : 0;
  return isC1(text, begin) ? 0 : utf8Length(text, begin);
}

}  // namespace

std::string printable(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), isPlain)) return std::string(text);
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

std::string printableJson(std::string_view json) {
  std::string shown;
  shown.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const bool is_delete = byteAt(json, i) == 0x7f;
    if (!is_delete && !isC1(json, i)) {
      shown += json[i];
      continue;
    }
    const unsigned char code = is_delete ? 0x7f : byteAt(json, ++i);
    shown += "\\u00";
    shown += kDigits[code >> 4];
    shown += kDigits[code & 15];
  }
  return shown;
}

}  // namespace ddblog::cli
