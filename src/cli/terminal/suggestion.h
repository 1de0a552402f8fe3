// Guesses which known word an unknown one was meant to be.
//
// Thread safety: a stateless function.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog::cli {

// The word of `known` that is nearest to `word`: one that begins with it ("snap"), otherwise the
// one with the fewest edits (a character added, removed or changed, or two neighbours swapped).
// std::nullopt if every word needs more than one edit per three characters.
std::optional<std::string> nearestTo(std::string_view word, const std::vector<std::string>& known);

}  // namespace ddblog::cli
