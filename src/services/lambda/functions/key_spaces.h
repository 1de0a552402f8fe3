// Lambda's key spaces (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::lambda::key_spaces {

inline constexpr KeySpace kInvocations{0x40};     // asynchronous invocations: the queue
inline constexpr KeySpace kInvocationsDue{0x41};  // asynchronous invocations: due times
inline constexpr KeySpace kMappings{0x42};        // event source mappings and their checkpoints
inline constexpr KeySpace kFunctions{0x43};       // functions and their settings
inline constexpr KeySpace kPayloads{0x44};        // payloads of several asynchronous invocations

}  // namespace ddblog::lambda::key_spaces
