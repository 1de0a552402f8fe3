// A function as the store keeps it: JSON, without its name (which is its key) and its ARN (which
// follows from it).
//
//   {"runtime": "nodejs20.x", "handler": "index.handler", "codeDirectory": "/home/…/users", "timeoutMs": 3000, …}
//
// Members at their defaults are left out, so that a new member needs no new format.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

std::string encodeFunction(const Function& function);
// Throws std::runtime_error for what encodeFunction did not write.
Function decodeFunction(std::string_view name, std::string_view stored);

}  // namespace ddblog::lambda
