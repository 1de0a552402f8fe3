// What Invoke and InvokeWithResponseStream have in common: the request.
//
// Errors: broken constraints; InvalidRequestContentException for a client context or a payload that is
// no JSON; RequestTooLargeException (413).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// Thread safety: none; belongs to one request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "rpc/request_reader.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/host/invocation.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

struct InvocationRequest {
  FunctionReference asked;
  std::string type;  // "RequestResponse", "Event", "DryRun"
  Invocation invocation;
  std::string cause;  // of the request (rpc/request.h)

  // Reads it all, but the payload is not checked yet. `types`: what `type` may be.
  InvocationRequest(rpc::RequestReader& request, Context& context, const std::vector<std::string_view>& types);
  // Lambda looks for the function first.
  void checkPayload();
};

// The error of an invocation that did not run. `kind`: kThrottled or kStopped.
ApiError notRun(InvocationResult::Kind kind, const FunctionReference& asked, const Context& context);

}  // namespace ddblog::lambda
