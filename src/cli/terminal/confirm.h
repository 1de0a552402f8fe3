// Asking before anything is removed.
//
// Thread safety: none.
#pragma once

#include <string>

namespace ddblog::cli {

// Asks `question` on the terminal; true: yes. Throws std::invalid_argument when there is no
// terminal to ask on: `verb` ("clean") is who asks, and --yes what to say instead.
bool confirm(const std::string& question, const std::string& verb);

}  // namespace ddblog::cli
