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

inline ApiError resourceConflict(std::string message) { return {"ResourceConflictException", std::move(message), 409}; }

inline ApiError notFound(std::string message) { return {"ResourceNotFoundException", std::move(message), 404}; }

// Throws if a request names another RevisionId than the current one. `asked`: empty: none.
inline void checkRevisionId(const std::string& asked, const std::string& current) {
  if (asked.empty() || asked == current) return;
  throw ApiError("PreconditionFailedException",
                 "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to "
                 "retrieve the latest Revision Id",
                 412);
}

}  // namespace ddblog::lambda
