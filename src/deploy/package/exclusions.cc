#include "deploy/package/exclusions.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>

#include "deploy/package/package_error.h"

namespace ddblog::deploy {

namespace {

constexpr std::size_t kPatterns = 1000;
constexpr std::size_t kPatternBytes = 1000;

constexpr std::array kUsual = {".git",
                               ".hg",
                               ".svn",
                               ".DS_Store",
                               "__pycache__",
                               "*.pyc",
                               ".venv",
                               "**/node_modules/.cache",
                               "**/node_modules/.bin",
                               "**/node_modules/.installed",
                               ".env",
                               ".env.*",
                               "CMakeFiles",
                               "CMakeCache.txt",
                               "cmake_install.cmake",
                               "CTestTestfile.cmake",
                               ".aws-sam",
                               ".serverless",
                               ".dynamodb-log"};

std::vector<std::string> namesOf(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (slash != 0) names.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return names;
}

// The patterns that the first {a,b} of a pattern stands for; only itself, if it has none.
std::vector<std::string> alternatives(const std::string& pattern) {
  const std::size_t open = pattern.find('{');
  const std::size_t close = open == std::string::npos ? open : pattern.find('}', open);
  if (close == std::string::npos) return {pattern};
  std::vector<std::string> made;
  const std::string inside = pattern.substr(open + 1, close - open - 1);
  for (std::size_t from = 0; from <= inside.size();) {
    const std::size_t comma = std::min(inside.find(',', from), inside.size());
    made.push_back(pattern.substr(0, open) + inside.substr(from, comma - from) + pattern.substr(close + 1));
    from = comma + 1;
  }
  return made;
}

}  // namespace

Exclusions::Exclusions(const std::vector<std::string>& patterns) {
  for (const char* usual : kUsual) add(usual);
  for (const std::string& pattern : patterns) add(pattern);
}

void Exclusions::add(std::string pattern) {
  if (pattern.size() > kPatternBytes || added_ >= kPatterns) {
    throw PackageError("Exclude takes at most 1,000 patterns of 1,000 bytes");
  }
  const std::vector<std::string> either = alternatives(pattern);
  if (either.size() > 1 || either.front() != pattern) {
    for (const std::string& one : either) add(one);
    return;
  }
  ++added_;
  Pattern made;
  made.takes_back = pattern.starts_with("!");
  if (made.takes_back) pattern.erase(0, 1);
  if (pattern.starts_with("./")) pattern.erase(0, 2);
  made.names = namesOf(pattern);
  if (made.names.empty()) return;
  if (pattern.find('/') >= pattern.size() - 1) made.names.insert(made.names.begin(), "**");
  can_take_back_ = can_take_back_ || made.takes_back;
  patterns_.push_back(std::move(made));
}

// As `*` in a text: behind the last `**`, the names are tried one further each time.
bool Exclusions::matches(const Pattern& pattern, const std::vector<std::string>& names) {
  const std::vector<std::string>& wanted = pattern.names;
  std::size_t name = 0, part = 0, last_any = wanted.size(), tried = 0;
  while (name < names.size()) {
    if (part < wanted.size() && wanted[part] == "**") {
      last_any = part++;
      tried = name;
    } else if (part < wanted.size() && ::fnmatch(wanted[part].c_str(), names[name].c_str(), 0) == 0) {
      ++part;
      ++name;
    } else if (last_any < wanted.size()) {
      part = last_any + 1;
      name = ++tried;
    } else {
      return false;
    }
  }
  return std::all_of(wanted.begin() + static_cast<std::ptrdiff_t>(part), wanted.end(),
                     [](const std::string& rest) { return rest == "**"; });
}

bool Exclusions::leavesOut(std::string_view path, bool is_parent_left_out) const {
  if (directories_.contains(path)) return true;
  const std::vector<std::string> names = namesOf(path);
  const auto last = std::find_if(patterns_.rbegin(), patterns_.rend(),
                                 [&names](const Pattern& pattern) { return matches(pattern, names); });
  return last == patterns_.rend() ? is_parent_left_out : !last->takes_back;
}

}  // namespace ddblog::deploy
