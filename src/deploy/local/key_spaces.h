// The key space of the application that runs here (store/key_space.h says what a key space is).
#pragma once

#include "store/key_space.h"

namespace ddblog::deploy::key_spaces {

inline constexpr KeySpace kApplication{0x50};  // what the last template declared

}  // namespace ddblog::deploy::key_spaces
