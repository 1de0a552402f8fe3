// The limits of event patterns.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html ("ours": no limit of AWS, but one that
// we chose).
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kPatternAlternatives = 1000;     // that the $or of one pattern come to
inline constexpr std::size_t kPatternMatchSteps = 1'000'000;  // ours; finding array elements that fit together
inline constexpr std::size_t kWildcardComplexity = 5;         // ours; AWS refuses "*:*:*:*:*:event-bus/*"
inline constexpr std::size_t kWildcardStates = 2000;          // ours; looked at to find how complex a wildcard is

}  // namespace ddblog::limits
