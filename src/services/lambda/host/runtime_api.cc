#include "services/lambda/host/runtime_api.h"

#include "base/json_writer.h"
#include "services/lambda/host/function_error.h"

namespace ddblog::lambda {

namespace {

rpc::Outcome answerWith(int status, std::string body) {
  return rpc::Response{status, std::move(body), "application/json", {}};
}

rpc::Outcome answerWithError(int status, std::string_view type, std::string_view message) {
  std::string body;
  JsonWriter(body).beginObject().key("errorMessage").value(message).key("errorType").value(type).endObject();
  return answerWith(status, std::move(body));
}

// The error of an invocation or of the start.
std::string errorPayload(rpc::Request& request) {
  return reportedError(std::move(request.body), request.headers[std::string(kErrorTypeHeader)]);
}

}  // namespace

rpc::Outcome RuntimeApi::refusal(RuntimeProcess::Reply reply) {
  switch (reply) {
    case RuntimeProcess::Reply::kUnknownRequest:
      return answerWithError(400, "InvalidRequestID", "Invalid request ID");
    case RuntimeProcess::Reply::kWrongState:
      return answerWithError(403, "InvalidStateTransition", "State transition is not allowed");
    case RuntimeProcess::Reply::kTooLarge:
      return answerWithError(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes).");
    case RuntimeProcess::Reply::kAccepted:
      break;
  }
  return answerWith(202, R"({"status":"OK"})");
}

RuntimeApi::RuntimeApi() {
  using Reply = RuntimeProcess::Reply;
  const auto add = [this](const char* method, const char* path, const char* operation, auto handle) {
    service_.add(method, path, operation, [this, handle](rpc::Request request, rpc::Callback respond) {
      const auto process = find(request.listener);
      if (!process) return respond(refusal(Reply::kWrongState));
      handle(*process, request, respond);
    });
  };
  add("GET", "/2018-06-01/runtime/invocation/next", "Next",
      [](RuntimeProcess& process, rpc::Request&, rpc::Callback& respond) { process.next(std::move(respond)); });
  add("POST", "/2018-06-01/runtime/invocation/{AwsRequestId}/response", "Response",
      [](RuntimeProcess& process, rpc::Request& request, rpc::Callback& respond) {
        const std::string& request_id = request.parameters["AwsRequestId"];
        if (request.stream) return process.stream(request_id, std::move(request.stream), std::move(respond));
        respond(refusal(process.answer(request_id, std::move(request.body))));
      });
  service_.setStreams("Response", "lambda-runtime-function-response-mode", "streaming");
  add("POST", "/2018-06-01/runtime/invocation/{AwsRequestId}/error", "Error",
      [](RuntimeProcess& process, rpc::Request& request, rpc::Callback& respond) {
        respond(refusal(process.fail(request.parameters["AwsRequestId"], errorPayload(request))));
      });
  add("POST", "/2018-06-01/runtime/init/error", "InitError",
      [](RuntimeProcess& process, rpc::Request& request, rpc::Callback& respond) {
        respond(refusal(process.failInit(errorPayload(request))));
      });
}

void RuntimeApi::add(const std::string& tag, std::weak_ptr<RuntimeProcess> process) {
  MutexLock lock(mutex_);
  processes_[tag] = std::move(process);
}

void RuntimeApi::remove(const std::string& tag) {
  MutexLock lock(mutex_);
  processes_.erase(tag);
}

std::shared_ptr<RuntimeProcess> RuntimeApi::find(const std::string& tag) const {
  MutexLock lock(mutex_);
  const auto found = processes_.find(tag);
  return found == processes_.end() ? nullptr : found->second.lock();
}

}  // namespace ddblog::lambda
