// Asks the person at the terminal for something that nobody else knows: a one-time password.
//
// Thread safety: stateless functions.
#pragma once

#include <functional>
#include <string>

namespace ddblog::aws {

// Returns the line that was typed. Throws CredentialsError if there is nobody to ask.
using Prompt = std::function<std::string(const std::string& question)>;

// Asks on the process's terminal (/dev/tty), without showing what is typed.
Prompt terminalPrompt();

}  // namespace ddblog::aws
