// Which known word somebody meant who typed an unknown one.
//
// Thread safety: a free function without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog::cli {

// The word of `known` that is nearest to `word`: one that it begins ("snap"), or else the one that
// takes the fewest edits (a character added, removed or changed, or two neighbours swapped).
// std::nullopt if all would take more than one edit for each three characters.
std::optional<std::string> nearestTo(std::string_view word, const std::vector<std::string>& known);

}  // namespace ddblog::cli
