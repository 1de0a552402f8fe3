// Cases as data: the files *.cases of a folder.
//
//   # A comment.
//   case A name
//   word rest of the line
//     text, indented by two spaces, which belongs to the line above
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ddblog {

struct CaseLine {
  std::string word, rest, text;
};
struct CaseLines {
  std::string place;  // "file.cases:3: A name"
  std::vector<CaseLine> lines;
};

// "file a.js text" is {"file", "a.js text"}.
inline std::pair<std::string, std::string> firstWord(const std::string& text) {
  const std::size_t space = std::min(text.find(' '), text.size());
  return {text.substr(0, space), text.substr(std::min(space + 1, text.size()))};
}

// Throws std::runtime_error if there is no case, or a line before the first one.
inline std::vector<CaseLines> readCaseLines(const std::filesystem::path& folder) {
  std::vector<CaseLines> cases;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path());
    const std::string file = entry.path().filename().string();
    const std::size_t before = cases.size();
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      const std::string place = file + ":" + std::to_string(number) + ": ";
      const bool is_text = line.starts_with("  ");
      if (!is_text && (line.empty() || line[0] == '#')) continue;
      const auto [word, rest] = firstWord(line);
      if (word == "case" && !is_text) {
        cases.push_back({place + rest, {}});
        continue;
      }
      if (cases.size() == before || (is_text && cases.back().lines.empty())) {
        throw std::runtime_error(place + "this line belongs to no case");
      }
      if (is_text) {
        cases.back().lines.back().text += line.substr(2) + "\n";
      } else {
        cases.back().lines.push_back({word, rest, ""});
      }
    }
  }
  if (cases.empty()) throw std::runtime_error(folder.string() + " has no cases");
  return cases;
}

}  // namespace ddblog
