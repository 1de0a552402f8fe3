// Words as one types them in a shell.
//
// Thread safety: a stateless function.
#pragma once

#include <string>
#include <vector>

namespace ddblog::cli {

// Separated by spaces, in quotes where a shell (sh, bash, zsh, fish) would not take a word as it is.
std::string shellWords(const std::vector<std::string>& words);

}  // namespace ddblog::cli
