// Asks for confirmation, on standard error, before anything is changed or removed.
//
// Thread safety: none.
#pragma once

#include <string>

namespace ddblog::cli {

// Asks `question` on the terminal; true: yes. Throws std::invalid_argument if there is no
// terminal; the message says that `verb` ("clean") then needs --yes.
bool confirm(const std::string& question, const std::string& verb);

}  // namespace ddblog::cli
