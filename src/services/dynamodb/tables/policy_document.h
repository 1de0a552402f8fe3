// The text of a resource policy: refused when it is none, and kept without the white space between its tokens, as
// DynamoDB gives it back. What a policy allows is not looked at: nothing enforces it here.
//
// Throws ApiError. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "services/dynamodb/core/limits.h"

namespace ddblog::dynamodb {

// ValidationException for what is larger than limits::kPolicyBytes, no JSON object, or without one of the fields that
// each statement must have.
void checkPolicy(std::string_view document);
// `document` has passed checkPolicy.
std::string compactPolicy(std::string_view document);

}  // namespace ddblog::dynamodb
