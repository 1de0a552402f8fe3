#include "services/lambda/operations/invocation_request.h"

#include "services/lambda/invocations/invocation_checks.h"

namespace ddblog::lambda {

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
  cause = request.request().cause;
}

void InvocationRequest::checkPayload() { lambda::checkPayload(invocation.payload, type); }

ApiError notRun(InvocationResult::Kind kind, const FunctionReference& asked, const Context& context) {
  if (kind == InvocationResult::Kind::kStopped) return {"ServiceException", "The server is stopping", 500};
  try {
    context.functions.get(asked.name, asked.qualifier);
  } catch (const ApiError& error) {  // it was deleted while the invocation waited
    return error;
  }
  return {"TooManyRequestsException",
          "Rate Exceeded.",
          429,
          {{"Reason", "ReservedFunctionConcurrentInvocationLimitExceeded"}},
          {{"Retry-After", "1"}}};
}

}  // namespace ddblog::lambda
