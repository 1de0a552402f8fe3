// Invoke: runs a function and responds with its result (RequestResponse), puts the event into the
// asynchronous queue (Event), or only checks the request (DryRun).
//
// Rejects, in order: broken constraints (ValidationException), ResourceNotFoundException (404),
// RequestTooLargeException (413: 6 MB, Event 1 MB), InvalidRequestContentException (400: the
// payload or the client context is not JSON), TooManyRequestsException (429, with Retry-After). An
// error of the function is HTTP 200 with X-Amz-Function-Error: Unhandled. Payloads are passed on
// byte for byte. With LogType Tail the header X-Amz-Log-Result has the last 4 KB of the log, in base64
// (synchronous invocations only). Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
//
// It does not use the common shape of operations, because it responds when the function does.
#include <memory>
#include <stdexcept>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/json.h"
#include "rpc/operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

ApiError throttled() {
  return {"TooManyRequestsException",
          "Rate Exceeded.",
          429,
          {{"Reason", "ReservedFunctionConcurrentInvocationLimitExceeded"}},
          {{"Retry-After", "1"}}};
}

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

class Invoke {
 public:
  Invoke(rpc::RequestReader& request, Context& context) : context_(context), asked_(readFunctionReference(request)) {
    type_ =
        request.header("x-amz-invocation-type", "InvocationType", {.one_of = {"RequestResponse", "Event", "DryRun"}})
            .value_or("RequestResponse");
    invocation_.wants_log_tail = request.header("x-amz-log-type", "LogType", {.one_of = {"None", "Tail"}}) == "Tail";
    const auto client_context = request.header("x-amz-client-context", "ClientContext");
    request.finish();
    if (client_context) invocation_.client_context = decodeClientContext(*client_context);
    invocation_.request_id = context.ids.uuid();
    invocation_.payload = request.request().body;
    invocation_.may_wait = false;
  }

  // Throws ApiError; otherwise calls `respond` when the invocation ends.
  void start(rpc::Callback respond) {
    const FunctionPointer function = context_.functions.get(asked_.name, asked_.qualifier);
    checkPayload();
    if (type_ == "RequestResponse") return runNow(function, std::move(respond));
    if (type_ == "Event") return enqueue(function, std::move(respond));
    respond(rpc::Response{204, {}, {}, {}});
  }

 private:
  void checkPayload() {
    std::string& payload = invocation_.payload;
    const std::size_t most = type_ == "Event" ? limits::kInvokeEventBytes : limits::kInvokeBytes;
    if (payload.size() > most) {
      throw ApiError("RequestTooLargeException",
                     std::to_string(payload.size()) + " byte payload is too large for the " +
                         (type_ == "Event" ? "Event" : "RequestResponse") + " invocation type (limit " +
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

  void runNow(const FunctionPointer& function, rpc::Callback respond) {
    const bool wants_log = invocation_.wants_log_tail;
    context_.host.invoke(function, std::move(invocation_),
                         [respond = std::move(respond), wants_log](InvocationResult result) {
                           if (result.kind == InvocationResult::Kind::kThrottled) return respond(throttled());
                           if (result.kind == InvocationResult::Kind::kStopped) {
                             return respond(ApiError("ServiceException", "The server is stopping", 500));
                           }
                           rpc::Response response;
                           response.content_type = "application/json";
                           response.headers.emplace_back("X-Amz-Executed-Version", "$LATEST");
                           if (result.kind == InvocationResult::Kind::kFunctionError) {
                             response.headers.emplace_back("X-Amz-Function-Error", "Unhandled");
                           }
                           if (wants_log) response.headers.emplace_back("X-Amz-Log-Result", toBase64(result.log_tail));
                           response.body = std::move(result.payload);
                           respond(std::move(response));
                         });
  }

  void enqueue(const FunctionPointer& function, rpc::Callback respond) {
    auto invocation = std::make_shared<Invocation>(std::move(invocation_));
    context_.store.write(
        [&queue = context_.queue, function, invocation](Transaction& transaction) {
          queue.enqueue(transaction, function->name, invocation->payload, invocation->request_id,
                        invocation->client_context);
        },
        [respond = std::move(respond)](std::exception_ptr error) {
          respond(error ? rpc::Outcome(error) : rpc::Outcome(rpc::Response{202, {}, {}, {}}));
        });
  }

  Context& context_;
  const FunctionReference asked_;
  std::string type_;
  Invocation invocation_;
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
