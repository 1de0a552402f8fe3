#include "cli/terminal/shell_words.h"

#include <algorithm>
#include <string_view>

#include "cli/terminal/printable.h"

namespace ddblog::cli {
namespace {

bool isPlainInShell(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_./:=@%+,").find(c) != std::string_view::npos;
}

}  // namespace

std::string shellWords(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    if (&word != &words.front()) line += ' ';
    if (!word.empty() && std::ranges::all_of(word, isPlainInShell)) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : printable(word)) line += c == '\'' ? "'\\''" : std::string(1, c);
    line += '\'';
  }
  return line;
}

}  // namespace ddblog::cli
