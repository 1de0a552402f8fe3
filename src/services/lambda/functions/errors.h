// Lambda's errors that more than one room throws.
//
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <utility>

#include "base/api_error.h"

namespace ddblog::lambda {

// A value that Lambda rejects, or one that is not served offline. `message` says which.
inline ApiError invalidParameterValue(std::string message) {
  return {"InvalidParameterValueException", std::move(message)};
}

}  // namespace ddblog::lambda
