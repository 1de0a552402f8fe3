// Holds an answer against what a wire file expects (wire_file.h says what may stand in it).
#pragma once

#include <map>
#include <string>

#include "base/json.h"

namespace ddblog::wire {

using Saved = std::map<std::string, std::string>;

// `text` with each ${NAME} replaced. Throws std::runtime_error for a name that nothing saved.
std::string substitute(const std::string& text, const Saved& saved);

// Empty: it matches. Else what does not, with its path: "$.Table.ItemCount: expected 1, got 2".
std::string mismatch(const json::value& expected, const json::value& actual, Saved& saved);

}  // namespace ddblog::wire
