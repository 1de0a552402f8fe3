// Event patterns: compiled once, when a rule is put or loaded, and matched against many events.
//
//   {"source": ["dynamodb-log"], "detail": {"log": ["users"], "payload": {"age": [{"numeric": [">=", 18]}]}}}
//
// All fields must match (for fields inside an array of objects, within one element), and of a
// field's conditions at least one must hold. Operators: exact values, prefix, suffix,
// equals-ignore-case (alone and inside prefix and suffix), wildcard, numeric, cidr, exists,
// anything-but (values, lists, and inside it prefix, suffix, equals-ignore-case, wildcard), $or.
// Everything else is rejected.
//
// Errors are ApiError InvalidEventPatternException with AWS's messages: "Event pattern is not
// valid. Reason: …", with the position in the text: "\n at [Source: (String)\"…\"; line: 1, column:
// 12]". Limits: limits::kPatternAlternatives combinations of $or; limits::kPatternMatchSteps steps
// to find array elements that match together (an event that needs more does not match).
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html and
// https://github.com/aws/event-ruler.
//
// Thread safety: immutable.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "event_patterns/event_fields.h"
#include "event_patterns/limits.h"
#include "event_patterns/value_matcher.h"

namespace ddblog::event_patterns {

class Pattern {
 public:
  static Pattern compile(std::string_view text);

  bool matches(const EventFields& event) const;

 private:
  friend class PatternCompiler;
  friend class PatternIndex;
  using Conditions = std::shared_ptr<const std::vector<ValueMatcher>>;
  using Fields = std::map<std::string, Conditions>;  // by path

  static bool matches(const Fields& fields, const EventFields& event);

  std::vector<Fields> alternatives_;  // one of them must match: the combinations of all $or
};

}  // namespace ddblog::event_patterns
