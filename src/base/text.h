// Small text functions that several rooms need. They work on bytes and know ASCII letters only.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace ddblog {

// Without spaces, tabs and line ends around it.
std::string_view trim(std::string_view text);

// A to Z as a to z; everything else stays.
std::string lowerCase(std::string_view text);

// The value of a hexadecimal digit; -1: it is not one.
int hexDigit(char c);

// Undoes RFC 3986's %XX; a "%" without two hexadecimal digits stays as it is.
std::string percentDecode(std::string_view text);

}  // namespace ddblog
