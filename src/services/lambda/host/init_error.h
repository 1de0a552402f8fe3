// What the log says when a function's process could not start: the error, worded for the author of
// the function.
//
//   could not start: TypeError: x is not a function         and its stack, one frame a line
//   the module left-pad is not installed: run "npm ci" in /home/me/users
//
// Thread safety: pure functions, except that they look at the files of the function's code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

// `payload`: the error as the function's caller receives it: {"errorType", "errorMessage", "trace"
// or "stackTrace"}.
std::vector<std::string> describeInitError(const Function& function, std::string_view payload);
// Whether the function lacks a package that its package.json or requirements.txt names, which somebody is
// going to install. The name of a module that no file names may be a typo. Which modules a requirement of Python
// brings: python_requirements.h.
bool lacksPackages(const Function& function, std::string_view payload);

}  // namespace ddblog::lambda
