// Text from outside as valid UTF-8 (RFC 3629).
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace ddblog {

// The length of the character at `begin`, which must be within `text`; 0: there is no valid one.
std::size_t utf8Length(std::string_view text, std::size_t begin);

// The text with U+FFFD for each byte that belongs to no valid character; its beginning, if it would
// have more than `most` bytes.
std::string validUtf8(std::string_view text, std::size_t most = std::numeric_limits<std::size_t>::max());

}  // namespace ddblog
