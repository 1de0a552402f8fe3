// What the log says of a function whose process could not start: the error, in words for the author
// of the function.
//
//   could not start: TypeError: x is not a function         and the frames of its stack, a line each
//   the module left-pad is not installed: run "npm ci" in /home/me/users
//
// Thread safety: pure functions, but for looking at the files of the function's code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

// `payload`: the error as the caller of the function gets it: {"errorType", "errorMessage", "trace"
// or "stackTrace"}.
std::vector<std::string> describeInitError(const Function& function, std::string_view payload);

}  // namespace ddblog::lambda
