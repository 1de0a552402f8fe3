#include "services/lambda/invocations/invocation_checks.h"

#include <stdexcept>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/json.h"
#include "services/lambda/functions/limits.h"

namespace ddblog::lambda {

std::string decodeClientContext(const std::string& encoded) {
  const auto decoded = fromBase64(encoded);
  try {
    if (!decoded) throw std::invalid_argument("it is not base64");
    return json::serialize(parseJson(*decoded));
  } catch (const std::invalid_argument& error) {
    throw ApiError("InvalidRequestContentException",
                   "Client context must be a valid Base64-encoded JSON object: " + std::string(error.what()));
  }
}

void checkPayload(std::string& payload, std::string_view type) {
  const std::size_t most = type == "Event" ? limits::kInvokeEventBytes : limits::kInvokeBytes;
  if (payload.size() > most) {
    throw ApiError("RequestTooLargeException",
                   std::to_string(payload.size()) + " byte payload is too large for the " +
                       (type == "Event" ? "Event" : "RequestResponse") + " invocation type (limit " +
                       std::to_string(most) + " bytes)",
                   413);
  }
  if (payload.empty()) payload = "{}";
  try {
    parseJson(payload);
  } catch (const std::invalid_argument& error) {
    throw ApiError("InvalidRequestContentException",
                   "Could not parse request body into json: " + std::string(error.what()));
  }
}

}  // namespace ddblog::lambda
