// Options of the form NAME=VALUE.
//
// Thread safety: a stateless function.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ddblog::cli {

// The pairs in "NAME=VALUE" texts; a value may be empty. Throws std::invalid_argument that names the
// option.
std::map<std::string, std::string> pairsOf(const std::vector<std::string>& texts, const char* option);

}  // namespace ddblog::cli
