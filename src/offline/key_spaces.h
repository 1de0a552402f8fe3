// The offline cloud's own key space (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::offline::key_spaces {

inline constexpr KeySpace kRunningTime{0x51};  // how long the cloud has run

}  // namespace ddblog::offline::key_spaces
