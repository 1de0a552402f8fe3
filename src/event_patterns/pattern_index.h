// Finds, among many patterns, the few that may match an event, so that an event on a bus with a thousand
// rules does not cost a thousand evaluations.
//
//   PatternIndex index({&a, &b, &c});
//   for (const std::size_t i : index.candidates(event)) if (patterns[i].matches(event)) …
//
// A pattern can match only if each of its fields has one of the wanted values. If the wanted values of
// a field are all exact strings, true, false or null, the pattern is found by them. Of several such
// fields, each alternative of a pattern takes the one whose values the fewest others want: of a
// thousand rules with the same source, the detail type, say. A pattern without such a field is always a
// candidate. Numbers and IP addresses have several spellings, so they are not indexed.
//
// Thread safety: immutable. It does not refer to the patterns.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "event_patterns/event_fields.h"
#include "event_patterns/pattern.h"

namespace ddblog::event_patterns {

class PatternIndex {
 public:
  PatternIndex() = default;
  // nullptr: a place that is never a candidate.
  explicit PatternIndex(const std::vector<const Pattern*>& patterns);

  // The places of the patterns that may match, ascending.
  std::vector<std::size_t> candidates(const EventFields& event) const;

 private:
  using Places = std::unordered_map<std::string, std::vector<std::size_t>>;  // by value

  std::map<std::string, Places> by_path_;
  std::vector<std::size_t> always_;
};

}  // namespace ddblog::event_patterns
