// The errors that Lambda itself reports for a function, as its caller receives them:
//
//   {"errorType":"Sandbox.Timedout","errorMessage":"RequestId: … Error: Task timed out after 3.00 seconds"}
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
// Thread safety: stateless functions.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "services/lambda/host/process.h"

namespace ddblog::lambda {

inline constexpr std::string_view kTimedOut = "Sandbox.Timedout";
inline constexpr std::string_view kRuntimeExited = "Runtime.ExitError";
inline constexpr std::string_view kTruncated = "Runtime.TruncatedResponse";
inline constexpr std::string_view kOutOfMemory = "Runtime.OutOfMemory";  // in the report only

std::string functionError(std::string_view type, std::string_view message);

std::string timedOut(const std::string& request_id, Duration limit);
std::string runtimeExited(const std::string& request_id, const ExitStatus& status);
// The process could not be started; `reason` is a one-line explanation.
std::string notStarted(const std::string& request_id, const std::string& reason);
std::string responseTooLarge();
std::string streamTooLarge();
// The function's stream broke off, also because its process ended.
std::string truncatedResponse(const std::string& request_id);
// The error that a runtime reported. A runtime that sends no body may still name the error's type;
// empty: it did not.
std::string reportedError(std::string body, std::string_view type);

}  // namespace ddblog::lambda
