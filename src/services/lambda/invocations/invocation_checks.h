// What every Invoke checks, however its request arrives.
//
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// Thread safety: functions without state.
#pragma once

#include <string>
#include <string_view>

namespace ddblog::lambda {

// ClientContext, decoded, as one line, because it becomes a header again. Throws
// InvalidRequestContentException unless it is JSON in base64.
std::string decodeClientContext(const std::string& encoded);

// An empty payload becomes {}. Throws RequestTooLargeException (413), InvalidRequestContentException.
// `type`: of the invocation.
void checkPayload(std::string& payload, std::string_view type);

}  // namespace ddblog::lambda
