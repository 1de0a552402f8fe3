// The key space of failures (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::offline::key_spaces {

inline constexpr KeySpace kFailures{0x52};  // what was given up

}  // namespace ddblog::offline::key_spaces
