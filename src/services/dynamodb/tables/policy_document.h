// The document of a resource policy. It is validated, and stored as DynamoDB returns it, without
// white space between tokens. We do not enforce policies.
//
// Errors: ApiError. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "services/dynamodb/core/limits.h"

namespace ddblog::dynamodb {

// Throws ValidationException if the document is larger than limits::kPolicyBytes, is not a JSON
// object, or lacks one of the fields that each statement must have.
void checkPolicy(std::string_view document);
// `document` must have passed checkPolicy.
std::string compactPolicy(std::string_view document);

}  // namespace ddblog::dynamodb
