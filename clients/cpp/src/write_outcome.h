// What the error of a conditional write means.
//
// Thread safety: stateless functions.
#pragma once

#include "ddblog/errors.h"

namespace ddblog {

// Whether a condition did not hold: of the write itself, or of one in its transaction.
bool isConditionFailure(const ServiceError& error);

// Whether the write has a chance a moment later: another transaction on one of the items is in
// progress, or the transaction was throttled (the client retries other throttled requests itself).
bool isPassing(const ServiceError& error);

}  // namespace ddblog
