// The limits of EventBridge's operations.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html ("ours": not a
// limit of AWS, but one that we chose).
#pragma once

#include <cstddef>

namespace ddblog::limits {

inline constexpr std::size_t kTargetsPerRule = 5;
inline constexpr std::size_t kRulesPerBus = 2'000;  // AWS: 300, more on request
inline constexpr std::size_t kPolicyBytes = 10'240;
inline constexpr std::size_t kReplayEvents = 1000;  // ours; events per POST /_local/replay

}  // namespace ddblog::limits
