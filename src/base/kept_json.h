// JSON of a request that is stored and given back as it was put.
//
// Thread safety: pure functions.
#pragma once

#include "base/json.h"

namespace ddblog {

// The value without null members, which count as absent. It is in memory of its own, so that it can
// outlive the request.
json::value withoutNulls(const json::value& value);

}  // namespace ddblog
