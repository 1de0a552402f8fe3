// JSON of a request that is kept and given back: its numbers must be finite. Boost.JSON reads 1e999 as
// infinity and 0e400 as no number, and writes both as what nobody else reads.
//
// Thread safety: pure functions.
#pragma once

#include "base/json.h"

namespace ddblog::rpc {

// Whether every number in it is finite.
bool isFinite(const json::value& value);

// Returns `value`, or throws ApiError SerializationException if a number in it is too large for a double.
json::value withFiniteNumbers(json::value value);
json::object withFiniteNumbers(json::object object);

}  // namespace ddblog::rpc
