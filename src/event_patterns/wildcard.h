// The text of a wildcard condition: a star stands for any characters; "\*" is a star, "\\" a
// backslash.
//
// Errors are WildcardError, in AWS's words; positions count from the quote that AWS
// puts in front of the text. Source:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html and
// https://github.com/aws/event-ruler (README, "Wildcard Matching", "complexity").
//
// Thread safety: free functions without state.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "event_patterns/limits.h"

namespace ddblog::event_patterns {

class WildcardError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The text between the stars: "a*b" is {"a", "b"}, "*" is {"", ""}.
std::vector<std::string> readWildcard(std::string_view text);

// Throws ApiError InvalidEventPatternException when some text could be in more than
// limits::kWildcardComplexity places of the pattern at once.
void refuseComplexWildcard(const std::vector<std::string>& between_stars);

}  // namespace ddblog::event_patterns
