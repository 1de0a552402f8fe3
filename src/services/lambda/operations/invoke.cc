// Invoke: runs a function and responds with its result (RequestResponse), puts the event into the
// asynchronous queue (Event), or only checks the request (DryRun).
//
// Rejects, in order: broken constraints (ValidationException), ResourceNotFoundException (404),
// RequestTooLargeException (413: 6 MB, Event 1 MB), InvalidRequestContentException (400: the
// payload or the client context is not JSON), TooManyRequestsException (429, with Retry-After). An
// error of the function is HTTP 200 with X-Amz-Function-Error: Unhandled. Payloads are passed on
// byte for byte. With LogType Tail the header X-Amz-Log-Result has the last 4 KB of the log, in base64.
// (synchronous invocations only). Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// An invocation whose function is deleted while it waits gets ResourceNotFoundException.
//
// It does not use the common shape of operations, because it responds when the function does.
#include <memory>

#include "base/base64.h"
#include "rpc/operation.h"
#include "services/lambda/invocations/traced_invocation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/invocation_request.h"

namespace ddblog::lambda {

namespace {

class Invoke {
 public:
  Invoke(rpc::RequestReader& request, Context& context)
      : context_(context), request_(request, context, {"RequestResponse", "Event", "DryRun"}) {}

  // Throws ApiError; otherwise calls `respond` when the invocation ends.
  void start(rpc::Callback respond) {
    const FunctionPointer function = context_.functions.get(request_.asked.name, request_.asked.qualifier);
    request_.checkPayload();
    if (request_.type == "RequestResponse") return runNow(function, std::move(respond));
    if (request_.type == "Event") return enqueue(function, std::move(respond));
    respond(rpc::Response{204, {}, {}, {}});
  }

 private:
  void runNow(const FunctionPointer& function, rpc::Callback respond) {
    const bool wants_log = request_.invocation.wants_log_tail;
    const auto not_run = [&context = context_, asked = request_.asked](InvocationResult::Kind kind) {
      return notRun(kind, asked, context);
    };
    invokeTraced(
        context_.host, context_.traces, function, std::move(request_.invocation), request_.cause,
        [respond = std::move(respond), wants_log, not_run](InvocationResult result) {
          if (result.kind == InvocationResult::Kind::kThrottled || result.kind == InvocationResult::Kind::kStopped) {
            return respond(not_run(result.kind));
          }
          rpc::Response response;
          response.content_type = "application/json";
          response.headers.emplace_back("X-Amz-Executed-Version", result.executed_version);
          if (result.kind == InvocationResult::Kind::kFunctionError) {
            response.headers.emplace_back("X-Amz-Function-Error", "Unhandled");
          }
          if (wants_log) response.headers.emplace_back("X-Amz-Log-Result", toBase64(result.log_tail));
          response.body = std::move(result.payload);
          respond(std::move(response));
        });
  }

  void enqueue(const FunctionPointer& function, rpc::Callback respond) {
    auto invocation = std::make_shared<Invocation>(std::move(request_.invocation));
    context_.store.write(
        [&queue = context_.queue, function, invocation, cause = request_.cause](Transaction& transaction) {
          transaction.setCause(cause);
          queue.enqueue(transaction, function->reference(), invocation->payload, invocation->request_id,
                        invocation->client_context);
        },
        [respond = std::move(respond)](std::exception_ptr error) {
          respond(error ? rpc::Outcome(error) : rpc::Outcome(rpc::Response{202, {}, {}, {}}));
        });
  }

  Context& context_;
  InvocationRequest request_;
};

}  // namespace

void addInvoke(rpc::RestApi& api, Context& context) {
  api.add("POST", "/2015-03-31/functions/{FunctionName}/invocations", "Invoke",
          [&context](rpc::Request request, rpc::Callback respond) {
            try {
              rpc::RequestReader reader(request);
              Invoke(reader, context).start(respond);
            } catch (...) {
              respond(std::current_exception());
            }
          });
  api.setWaits("Invoke");  // for functions, whose concurrency is bounded
}

}  // namespace ddblog::lambda
