// Invoke: runs a function and gives its answer back (RequestResponse), puts the event into the asynchronous queue
// (Event), or only checks (DryRun).
//
// Refusals, in order: ResourceNotFoundException (404), InvalidParameterValueException and ValidationException for
// headers, RequestTooLargeException (413: 6 MB, Event 1 MB), InvalidRequestContentException (400: no JSON),
// TooManyRequestsException (429). An error of the function is HTTP 200 with X-Amz-Function-Error: Unhandled. Payloads
// are handed on byte for byte. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
//
// Thread safety: an Invoke belongs to one request; `respond` is called on any thread.
#pragma once

#include "rpc/request.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class Invoke {
 public:
  Invoke(const rpc::Request& request, Context& context);  // throws ApiError
  void run(rpc::Callback respond);

 private:
  enum class Type { kRequestResponse, kEvent, kDryRun };

  void readHeaders(const rpc::Request& request);
  void checkPayload();
  void runNow(rpc::Callback respond);
  void enqueue(rpc::Callback respond);

  Context& context_;
  FunctionPointer function_;
  Type type_ = Type::kRequestResponse;
  Invocation invocation_;
};

}  // namespace ddblog::lambda
