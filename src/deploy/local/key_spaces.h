// The key space of the local deployment (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::deploy::key_spaces {

inline constexpr KeySpace kApplication{0x50};  // the resources that the last template declared

}  // namespace ddblog::deploy::key_spaces
