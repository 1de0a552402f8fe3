#include "event_patterns/pattern.h"
#include "event_patterns/limits.h"

#include <algorithm>
#include <optional>

namespace ddblog::event_patterns {
namespace {

using Leaves = std::vector<const EventField*>;

// Finds one leaf for each field so that no two of them are in different elements of one array.
class ElementSearch {
 public:
  explicit ElementSearch(const std::vector<Leaves>& fields) : fields_(fields) {}

  bool run(std::size_t field = 0) {
    if (field == fields_.size()) return true;
    for (const EventField* leaf : fields_[field]) {
      if (++steps_ > limits::kPatternMatchSteps) return false;
      if (!fits(*leaf)) continue;
      const std::size_t before = chosen_.size();
      chosen_.insert(chosen_.end(), leaf->places.begin(), leaf->places.end());
      if (run(field + 1)) return true;
      chosen_.resize(before);
    }
    return false;
  }

 private:
  bool fits(const EventField& leaf) const {
    return std::none_of(leaf.places.begin(), leaf.places.end(), [this](const ArrayPlace& place) {
      return std::any_of(chosen_.begin(), chosen_.end(), [&place](const ArrayPlace& chosen) {
        return chosen.array == place.array && chosen.element != place.element;
      });
    });
  }

  const std::vector<Leaves>& fields_;
  std::vector<ArrayPlace> chosen_;
  std::size_t steps_ = 0;
};

// The leaves for which one of the conditions holds.
Leaves matchingLeaves(std::span<const EventField> leaves, const std::vector<ValueMatcher>& conditions) {
  Leaves matching;
  for (const EventField& leaf : leaves) {
    const bool holds = std::any_of(conditions.begin(), conditions.end(),
                                   [&leaf](const ValueMatcher& condition) { return condition.matches(leaf.value); });
    if (holds) matching.push_back(&leaf);
  }
  return matching;
}

}  // namespace

bool Pattern::matches(const EventFields& event) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(),
                     [&event](const Fields& fields) { return matches(fields, event); });
}

bool Pattern::matches(const Fields& fields, const EventFields& event) {
  std::vector<Leaves> inside_arrays;
  for (const auto& [path, conditions] : fields) {
    const auto leaves = event.at(path);
    if (leaves.empty()) {
      const bool fine = std::any_of(conditions->begin(), conditions->end(),
                                    [](const ValueMatcher& condition) { return condition.wantsAbsence(); });
      if (!fine) return false;
      continue;
    }
    Leaves matching = matchingLeaves(leaves, *conditions);
    if (matching.empty()) return false;
    const bool anywhere =
        std::any_of(matching.begin(), matching.end(), [](const EventField* leaf) { return leaf->places.empty(); });
    if (!anywhere) inside_arrays.push_back(std::move(matching));
  }
  return inside_arrays.size() < 2 || ElementSearch(inside_arrays).run();
}

}  // namespace ddblog::event_patterns
