// The strings that DynamoDB accepts as booleans.
//
// Thread safety: a stateless function.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ddblog {

// True for "true", "T", "yes", "Y", "1" and false for their opposites, in any case; std::nullopt
// for anything else.
inline std::optional<bool> parseBool(std::string_view text) {
  constexpr std::array<std::string_view, 5> kTrue = {"true", "t", "yes", "y", "1"};
  constexpr std::array<std::string_view, 5> kFalse = {"false", "f", "no", "n", "0"};
  const auto is = [&](std::string_view word) {
    if (text.size() != word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
      if (c != word[i]) return false;
    }
    return true;
  };
  for (const std::string_view word : kTrue) {
    if (is(word)) return true;
  }
  for (const std::string_view word : kFalse) {
    if (is(word)) return false;
  }
  return std::nullopt;
}

}  // namespace ddblog
