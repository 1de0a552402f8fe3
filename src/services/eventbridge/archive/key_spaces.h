// The archive's key spaces (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::eventbridge::key_spaces {

inline constexpr KeySpace kArchiveQueue{0x35};  // events that are not in the archive file yet
inline constexpr KeySpace kArchiveRows{0x36};   // how many rows the archive file has

}  // namespace ddblog::eventbridge::key_spaces
