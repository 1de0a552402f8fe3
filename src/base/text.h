// Small string functions that several folders need. They work on bytes; letters are ASCII letters
// only.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ddblog {

// Without leading and trailing spaces, tabs and line breaks.
std::string_view trim(std::string_view text);

// Turns A to Z into a to z and leaves everything else.
std::string lowerCase(std::string_view text);

// The value of a hexadecimal digit; -1 for any other character.
int hexDigit(char c);

// Decodes RFC 3986's %XX; a "%" without two hexadecimal digits stays as it is.
std::string percentDecode(std::string_view text);

// "a, b"
template <class Texts>
std::string joined(const Texts& texts, std::string_view separator = ", ") {
  std::string all;
  bool is_first = true;
  for (const auto& text : texts) {
    if (!is_first) all += separator;
    all += text;
    is_first = false;
  }
  return all;
}

// Whether the text is like the pattern, in which "*" stands for any characters and "?" for one.
bool matchesGlob(std::string_view pattern, std::string_view text);

// "1,234,567"
std::string withThousands(std::uint64_t number);

}  // namespace ddblog
