// Explains why an event pattern does not match an event: which fields do not fit, their values, and
// what the pattern wants instead.
//
//   {"source": ["shop"], "detail": {"type": ["order", "offer"]}}    with an event of type "login"
//   ->  detail.type   is "login"   wanted ["order", "offer"]
//
// Of the alternatives of a $or, the nearest is explained: the one with the fewest misses. If every
// field has a value that fits, but not within one element of a list, that is the miss.
//
// Errors: as Pattern::compile. Thread safety: a stateless function.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "event_patterns/event_fields.h"

namespace ddblog::event_patterns {

struct Miss {
  std::string path;    // "detail.type"; empty: all fields fit, but in different elements of a list
  std::string value;   // the event's values as JSON, separated by ", "; empty: it has none
  std::string wanted;  // the pattern's conditions as JSON
};

struct Explanation {
  bool matches = false;
  std::size_t held = 0;      // how many fields fit
  std::vector<Miss> misses;  // empty if it matches
};

Explanation explain(std::string_view pattern, const EventFields& event);

}  // namespace ddblog::event_patterns
