// Lambda's key spaces (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::lambda::key_spaces {

inline constexpr KeySpace kInvocations{0x40};     // asynchronous invocations: the queue
inline constexpr KeySpace kInvocationsDue{0x41};  // asynchronous invocations: due times
inline constexpr KeySpace kMappings{0x42};        // event source mappings and their checkpoints
inline constexpr KeySpace kFunctions{0x43};       // functions and their settings
inline constexpr KeySpace kPayloads{0x44};        // payloads of several asynchronous invocations

inline constexpr KeySpace kVersions{0x45};  // published versions of functions
inline constexpr KeySpace kAliases{0x46};   // aliases
inline constexpr KeySpace kPolicies{0x47};  // resource policies
inline constexpr KeySpace kCode{0x48};      // zip archives of functions and layers
inline constexpr KeySpace kLayers{0x49};    // versions of layers

}  // namespace ddblog::lambda::key_spaces
