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

// "1,234,567"
std::string withThousands(std::uint64_t number);

}  // namespace ddblog
