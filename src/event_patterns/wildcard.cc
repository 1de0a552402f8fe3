#include "event_patterns/wildcard.h"

#include <algorithm>
#include <set>

#include "event_patterns/limits.h"
#include "event_patterns/pattern_reader.h"

namespace ddblog::event_patterns {
namespace {

// A wildcard as a state machine: position i is reached when steps_[0..i) have matched; stars loop.
class Positions {
 public:
  explicit Positions(const std::vector<std::string>& between_stars) {
    for (std::size_t part = 0; part < between_stars.size(); ++part) {
      if (part != 0) loops_.push_back(steps_.size());
      for (const char c : between_stars[part]) {
        steps_.push_back(c);
        if (letters_.find(c) == std::string::npos) letters_.push_back(c);
      }
    }
  }

  // The maximum number of positions that a text can be at simultaneously, from the first star on.
  // Examines at most limits::kWildcardStates sets of positions.
  std::size_t mostAtOnce() const {
    std::set<std::vector<bool>> seen;
    std::vector<bool> start(steps_.size() + 1, false);
    start[0] = true;
    std::vector<std::vector<bool>> waiting{start};
    std::size_t most = 0;
    while (!waiting.empty() && seen.size() < limits::kWildcardStates) {
      const std::vector<bool> at = std::move(waiting.back());
      waiting.pop_back();
      if (!seen.insert(at).second) continue;
      most = std::max(most, static_cast<std::size_t>(std::count(at.begin(), at.end(), true)));
      for (const char letter : letters_) waiting.push_back(after(at, letter));
    }
    return most;
  }

 private:
  std::vector<bool> after(const std::vector<bool>& at, char letter) const {
    std::vector<bool> next(at.size(), false);
    for (std::size_t i = 0; i < at.size(); ++i) {
      if (!at[i]) continue;
      if (i < steps_.size() && steps_[i] == letter) next[i + 1] = true;
      if (std::find(loops_.begin(), loops_.end(), i) != loops_.end()) next[i] = true;
    }
    return next;
  }

  std::string steps_;
  std::string letters_;
  std::vector<std::size_t> loops_;
};

}  // namespace

std::vector<std::string> readWildcard(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      if (text.substr(i + 1).starts_with('*')) {
        throw WildcardError("Consecutive wildcard characters at pos " + std::to_string(i + 1));
      }
      parts.emplace_back();
    } else if (text[i] == '\\') {
      const char next = i + 1 < text.size() ? text[i + 1] : '\0';
      if (next != '*' && next != '\\') throw WildcardError("Invalid escape character at pos " + std::to_string(i + 1));
      parts.back().push_back(next);
      ++i;
    } else {
      parts.back().push_back(text[i]);
    }
  }
  return parts;
}

void refuseComplexWildcard(const std::vector<std::string>& between_stars) {
  if (between_stars.size() < 3 || Positions(between_stars).mostAtOnce() <= limits::kWildcardComplexity) return;
  throw invalidPattern(
      "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
      "wildcard "
      "character");
}

}  // namespace ddblog::event_patterns
