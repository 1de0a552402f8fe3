// Errors that many operations share: ValidationException with DynamoDB's messages. Each function
// returns the error; the caller throws it.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "base/api_error.h"

namespace ddblog::dynamodb {

inline ApiError invalidParameters(const std::string& what) {
  return validationError("One or more parameter values were invalid: " + what);
}

inline ApiError keyMismatch() { return validationError("The provided key element does not match the schema"); }

}  // namespace ddblog::dynamodb
