// The archive's key space (see store/key_space.h).
#pragma once

#include "store/key_space.h"

namespace ddblog::eventbridge::key_spaces {

inline constexpr KeySpace kArchiveQueue{0x35};  // events that are not in the archive file yet

}  // namespace ddblog::eventbridge::key_spaces
