#include "cli/terminal/suggestion.h"

#include <algorithm>

namespace ddblog::cli {
namespace {

constexpr std::size_t kLongestWord = 64;    // a longer one is not a misspelt name
constexpr std::size_t kShortestPrefix = 3;  // of a word, to be taken for an abbreviation
constexpr std::size_t kCharactersPerEdit = 3;

// How many edits turn one word into the other ("optimal string alignment": no part is edited
// twice).
// Source: https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
std::size_t editsBetween(std::string_view one, std::string_view other) {
  std::vector<std::vector<std::size_t>> edits(one.size() + 1, std::vector<std::size_t>(other.size() + 1));
  for (std::size_t i = 0; i <= one.size(); ++i) {
    for (std::size_t j = 0; j <= other.size(); ++j) {
      if (i == 0 || j == 0) {
        edits[i][j] = i + j;
        continue;
      }
      const std::size_t change = one[i - 1] == other[j - 1] ? 0 : 1;
      edits[i][j] = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1, edits[i - 1][j - 1] + change});
      const bool is_swap = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (is_swap) edits[i][j] = std::min(edits[i][j], edits[i - 2][j - 2] + 1);
    }
  }
  return edits[one.size()][other.size()];
}

}  // namespace

std::optional<std::string> nearestTo(std::string_view word, const std::vector<std::string>& known) {
  if (word.size() > kLongestWord) return std::nullopt;
  std::optional<std::string> nearest;
  std::size_t fewest = std::max<std::size_t>(1, word.size() / kCharactersPerEdit) + 1;
  for (const std::string& candidate : known) {
    if (word.size() >= kShortestPrefix && candidate.starts_with(word)) return candidate;
    if (const std::size_t edits = editsBetween(word, candidate); edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace ddblog::cli
