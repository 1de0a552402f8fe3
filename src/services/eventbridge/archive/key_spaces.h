// The archive's key space (store/key_space.h says what a key space is).
#pragma once

#include "store/key_space.h"

namespace ddblog::eventbridge::key_spaces {

inline constexpr KeySpace kArchiveQueue{0x35};  // events on their way to the archive file

}  // namespace ddblog::eventbridge::key_spaces
