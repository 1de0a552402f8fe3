#include "event_patterns/pattern_index.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ddblog::event_patterns {
namespace {

// A value that has one spelling, as a key. std::nullopt: it has several.
std::optional<std::string> keyOf(const Scalar& value) {
  if (value.kind == JsonKind::kNumber) return std::nullopt;
  return static_cast<char>('0' + static_cast<int>(value.kind)) + value.text;
}

// The keys of a field's wanted values; empty: it cannot be indexed.
std::vector<std::string> keysOf(const std::vector<ValueMatcher>& conditions) {
  std::vector<std::string> keys;
  for (const ValueMatcher& condition : conditions) {
    const Scalar* value = condition.exactValue();
    auto key = value ? keyOf(*value) : std::nullopt;
    if (!key) return {};
    keys.push_back(*std::move(key));
  }
  return keys;
}

// The indexable fields of one alternative of a pattern: path and keys.
using IndexedFields = std::vector<std::pair<std::string, std::vector<std::string>>>;

}  // namespace

PatternIndex::PatternIndex(const std::vector<const Pattern*>& patterns) {
  std::vector<std::pair<std::size_t, IndexedFields>> alternatives;
  std::map<std::pair<std::string, std::string>, std::size_t> wanted;  // path and key: by how many alternatives
  for (std::size_t place = 0; place < patterns.size(); ++place) {
    if (!patterns[place]) continue;
    for (const Pattern::Fields& fields : patterns[place]->alternatives_) {
      IndexedFields indexed;
      for (const auto& [path, conditions] : fields) {
        std::vector<std::string> keys = keysOf(*conditions);
        if (keys.empty()) continue;
        for (const std::string& key : keys) ++wanted[{path, key}];
        indexed.emplace_back(path, std::move(keys));
      }
      alternatives.emplace_back(place, std::move(indexed));
    }
  }
  for (const auto& [place, fields] : alternatives) {
    if (fields.empty()) {
      always_.push_back(place);
      continue;
    }
    const auto others = [&wanted](const IndexedFields::value_type& field) {
      std::size_t count = 0;
      for (const std::string& key : field.second) count += wanted.at({field.first, key});
      return count;
    };
    const auto best = std::min_element(fields.begin(), fields.end(),
                                       [&](const auto& a, const auto& b) { return others(a) < others(b); });
    for (const std::string& key : best->second) by_path_[best->first][key].push_back(place);
  }
}

std::vector<std::size_t> PatternIndex::candidates(const EventFields& event) const {
  std::vector<std::size_t> found = always_;
  for (const auto& [path, places] : by_path_) {
    for (const EventField& field : event.at(path)) {
      const auto key = keyOf(field.value);
      const auto of_value = key ? places.find(*key) : places.end();
      if (of_value != places.end()) found.insert(found.end(), of_value->second.begin(), of_value->second.end());
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace ddblog::event_patterns
