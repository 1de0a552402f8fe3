// A JSON tree that is only read: all of it is in one piece of memory, so making and freeing it takes few
// allocations.
//
// Thread safety: a pure function.
#pragma once

#include <string_view>

#include "base/json.h"

namespace ddblog {

// As parseJson(). The memory goes with the last value that is in it.
json::value parseJsonInOnePiece(std::string_view text);

}  // namespace ddblog
