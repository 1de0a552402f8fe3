// What may name a function in a request: a name, a partial ARN or an ARN, with or without a qualifier, in the form that
// AWS's API model gives. (Whether there is such a function, functions.h says.)
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestParameters
// Thread safety: pure functions.
#pragma once

#include <string_view>

namespace ddblog::lambda {

// `qualifier`: the parameter of that name; empty: there is none. Throws ApiError ValidationException, in which all
// broken constraints are named.
void checkFunctionName(std::string_view name, std::string_view qualifier);

}  // namespace ddblog::lambda
