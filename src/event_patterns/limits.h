// The limits of event patterns.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html ("ours": not a
// limit of AWS, but one that we chose).
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kPatternAlternatives = 1000;     // combinations from the $or of one pattern
inline constexpr std::size_t kPatternMatchSteps = 1'000'000;  // ours; steps to find array elements that match together
inline constexpr std::size_t kWildcardComplexity = 5;         // ours; AWS rejects "*:*:*:*:*:event-bus/*"
inline constexpr std::size_t kWildcardStates = 2000;          // ours; states examined per wildcard

}  // namespace ddblog::limits
