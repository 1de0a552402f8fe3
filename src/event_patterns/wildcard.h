// Parses a wildcard condition: a star stands for any characters; "\*" is a literal star, "\\" a
// backslash.
//
// Errors are WildcardError with AWS's messages; positions count from the quote that AWS puts in
// front of the text.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
// and https://github.com/aws/event-ruler (README, "Wildcard Matching", "complexity").
//
// Thread safety: stateless functions.
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

// Throws ApiError InvalidEventPatternException if a text could be at more than
// limits::kWildcardComplexity positions of the pattern at once.
void refuseComplexWildcard(const std::vector<std::string>& between_stars);

}  // namespace ddblog::event_patterns
