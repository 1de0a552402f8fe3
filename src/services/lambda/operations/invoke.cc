#include "services/lambda/operations/invoke.h"

#include <memory>
#include <stdexcept>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/limits.h"

namespace ddblog::lambda {

namespace {

std::string header(const rpc::Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

std::string query(const rpc::Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

ApiError badHeader(const std::string& value, const std::string& name, const std::string& values) {
  return validationError("1 validation error detected: Value '" + value + "' at '" + name +
                         "' failed to satisfy constraint: Member must satisfy enum value set: [" + values + "]");
}

ApiError throttled() {
  return {"TooManyRequestsException",
          "Rate Exceeded.",
          429,
          {{"Reason", "ReservedFunctionConcurrentInvocationLimitExceeded"}},
          {{"Retry-After", "1"}}};
}

}  // namespace

Invoke::Invoke(const rpc::Request& request, Context& context) : context_(context) {
  function_ = context.functions.get(request.parameters.at("FunctionName"), query(request, "Qualifier"));
  invocation_.request_id = context.ids.uuid();
  invocation_.payload = request.body;
  invocation_.may_wait = false;
  readHeaders(request);
  checkPayload();
}

void Invoke::readHeaders(const rpc::Request& request) {
  const std::string type = header(request, "x-amz-invocation-type");
  if (type == "Event") {
    type_ = Type::kEvent;
  } else if (type == "DryRun") {
    type_ = Type::kDryRun;
  } else if (!type.empty() && type != "RequestResponse") {
    throw badHeader(type, "invocationType", "RequestResponse, Event, DryRun");
  }
  const std::string log_type = header(request, "x-amz-log-type");
  if (!log_type.empty() && log_type != "Tail" && log_type != "None") throw badHeader(log_type, "logType", "None, Tail");
  invocation_.wants_log_tail = log_type == "Tail";
  const std::string client_context = header(request, "x-amz-client-context");
  if (client_context.empty()) return;
  const auto decoded = fromBase64(client_context);
  try {
    if (!decoded) throw std::invalid_argument("it is not base64");
    // As one line, since it becomes a header.
    invocation_.client_context = json::serialize(parseJson(*decoded));
  } catch (const std::invalid_argument& error) {
    throw ApiError("InvalidRequestContentException",
                   "Client context must be a valid Base64-encoded JSON object: " + std::string(error.what()));
  }
}

void Invoke::checkPayload() {
  std::string& payload = invocation_.payload;
  const std::size_t most = type_ == Type::kEvent ? limits::kInvokeEventBytes : limits::kInvokeBytes;
  if (payload.size() > most) {
    throw ApiError("RequestTooLargeException",
                   std::to_string(payload.size()) + " byte payload is too large for the " +
                       (type_ == Type::kEvent ? "Event" : "RequestResponse") + " invocation type (limit " +
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

void Invoke::run(rpc::Callback respond) {
  if (type_ == Type::kRequestResponse) return runNow(std::move(respond));
  if (type_ == Type::kEvent) return enqueue(std::move(respond));
  respond(rpc::Response{204, {}, {}, {}});
}

void Invoke::runNow(rpc::Callback respond) {
  context_.host.invoke(function_, std::move(invocation_), [respond = std::move(respond)](InvocationResult result) {
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
    if (!result.log_tail.empty()) response.headers.emplace_back("X-Amz-Log-Result", toBase64(result.log_tail));
    response.body = std::move(result.payload);
    respond(std::move(response));
  });
}

void Invoke::enqueue(rpc::Callback respond) {
  auto invocation = std::make_shared<Invocation>(std::move(invocation_));
  context_.store.write(
      [&queue = context_.queue, function = function_, invocation](Transaction& transaction) {
        queue.enqueue(transaction, function->name, invocation->payload, invocation->request_id,
                      invocation->client_context);
      },
      [respond = std::move(respond)](std::exception_ptr error) {
        respond(error ? rpc::Outcome(error) : rpc::Outcome(rpc::Response{202, {}, {}, {}}));
      });
}

}  // namespace ddblog::lambda
