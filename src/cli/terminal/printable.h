// Text from outside, made safe to show on a terminal.
//
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::cli {

// The text with each byte of a control character or of invalid UTF-8 written as \xNN, so that it can
// neither control the terminal nor begin a line. Control characters are C0 (U+0000 to U+001F, except
// the tab), DEL and C1 (U+0080 to U+009F).
std::string printable(std::string_view text);

// The same JSON with DEL and C1 written as \u00NN: the only control characters that JSON may hold as they
// are.
std::string printableJson(std::string_view json);

}  // namespace ddblog::cli
