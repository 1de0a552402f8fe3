// The stored form of a function, or of a version of it: JSON without the name and the version (which
// are the key) and the ARN (which follows from them).
//
//   {"runtime": "nodejs20.x", "handler": "index.handler", "codeDirectory": "/home/…/users", "timeoutMs": 3000, …}
//
// Members with default values are omitted, so a new member needs no new format version.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "services/lambda/functions/function.h"

namespace ddblog::lambda {

std::string encodeFunction(const Function& function);
// Throws std::runtime_error for data that encodeFunction did not write.
Function decodeFunction(std::string_view name, std::string_view stored);

// The members for the settings of asynchronous invocations.
void encodeAsynchronous(json::object& object, const AsynchronousSettings& settings);
AsynchronousSettings decodeAsynchronous(const json::object& object);

}  // namespace ddblog::lambda
