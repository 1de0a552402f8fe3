#include "services/lambda/operations/invocation_request.h"

#include <stdexcept>

#include "base/base64.h"
#include "base/json.h"
#include "services/lambda/functions/limits.h"

namespace ddblog::lambda {

namespace {

// X-Amz-Client-Context, decoded, as one line, because it becomes a header again.
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

}  // namespace

InvocationRequest::InvocationRequest(rpc::RequestReader& request, Context& context,
                                     const std::vector<std::string_view>& types)
    : asked(readFunctionReference(request)) {
  type = request.header("x-amz-invocation-type", "InvocationType", {.one_of = types}).value_or("RequestResponse");
  invocation.wants_log_tail = request.header("x-amz-log-type", "LogType", {.one_of = {"None", "Tail"}}) == "Tail";
  const auto client_context = request.header("x-amz-client-context", "ClientContext");
  request.finish();
  if (client_context) invocation.client_context = decodeClientContext(*client_context);
  invocation.request_id = context.ids.uuid();
  invocation.payload = request.request().body;
  invocation.may_wait = false;
}

void InvocationRequest::checkPayload() {
  std::string& payload = invocation.payload;
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

ApiError notRun(InvocationResult::Kind kind) {
  if (kind == InvocationResult::Kind::kStopped) return {"ServiceException", "The server is stopping", 500};
  return {"TooManyRequestsException",
          "Rate Exceeded.",
          429,
          {{"Reason", "ReservedFunctionConcurrentInvocationLimitExceeded"}},
          {{"Retry-After", "1"}}};
}

}  // namespace ddblog::lambda
