// JSON of a request that is kept and given back: its numbers must be finite. Boost.JSON reads 1e999 as
// infinity, which it writes as a number that nobody else reads.
//
// Thread safety: pure functions.
#pragma once

#include "base/json.h"

namespace ddblog::rpc {

// Returns `value`, or throws ApiError SerializationException if a number in it is too large for a double.
json::value withFiniteNumbers(json::value value);
json::object withFiniteNumbers(json::object object);

}  // namespace ddblog::rpc
