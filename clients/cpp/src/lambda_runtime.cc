#include "ddblog/lambda_runtime.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/json_writer.h"
#include "clients/cpp/src/lambda_shutdown.h"
#include "clients/cpp/src/runtime_api_client.h"
#include "clients/cpp/src/thrown.h"

namespace ddblog {
namespace {

constexpr std::string_view kInvocation = "/2018-06-01/runtime/invocation/";
constexpr std::string_view kInitError = "/2018-06-01/runtime/init/error";
constexpr std::string_view kErrorType = "Lambda-Runtime-Function-Error-Type";  // a header, or a trailer
constexpr std::string_view kErrorBody = "Lambda-Runtime-Function-Error-Body";  // a trailer, in base64
constexpr std::string_view kAnyBytes = "application/octet-stream";
constexpr std::string_view kHttpIntegration = "application/vnd.awslambda.http-integration-response";
constexpr std::size_t kHeadEnd = 8;  // bytes that are zero, between the head of an HTTP response and its body

std::string environmentVariable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string errorJson(std::string_view type, std::string_view message) {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("errorType").value(type).key("errorMessage").value(message);
  json.key("stackTrace").beginArray().endArray().endObject();
  return text;
}

RuntimeApiClient::Headers errorHeaders(std::string_view type) {
  return {{"Content-Type", "application/vnd.aws.lambda.error+json"}, {std::string(kErrorType), std::string(type)}};
}

// X-Ray's SDK reads it from the environment. setenv would keep the text of every invocation for ever. Two texts
// take turns, so that a thread that just asked for the variable reads a whole one. They live as long as the process.
void publishTraceId(const std::string& trace_id) {
  static std::string* const variables = new std::string[2];
  static int current = 0;
  current = 1 - current;
  variables[current].assign("_X_AMZN_TRACE_ID=").append(trace_id);
  putenv(variables[current].data());
}

InvocationContext contextOf(const RuntimeApiClient::Response& next) {
  InvocationContext context;
  context.request_id = next.header("lambda-runtime-aws-request-id");
  context.function_arn = next.header("lambda-runtime-invoked-function-arn");
  context.trace_id = next.header("lambda-runtime-trace-id");
  context.client_context = next.header("lambda-runtime-client-context");
  context.cognito_identity = next.header("lambda-runtime-cognito-identity");
  const std::string_view deadline = next.header("lambda-runtime-deadline-ms");
  std::from_chars(deadline.data(), deadline.data() + deadline.size(), context.deadline_ms);
  return context;
}

// The response of one invocation as it is sent.
class SentStream : public ResponseStream {
 public:
  SentStream(RuntimeApiClient& api, std::string path) : api_(api), path_(std::move(path)) {}

  bool hasBegun() const { return has_begun_; }

  void begin(std::string_view content_type) override {
    if (has_begun_) throw std::logic_error("the response has begun already");
    if (std::ranges::any_of(content_type, [](unsigned char sign) { return sign < ' ' || sign == 0x7f; })) {
      throw std::invalid_argument("the content type contains a control character");  // it could end the head
    }
    has_begun_ = true;
    api_.beginChunks({"POST",
                      path_,
                      {{"Content-Type", std::string(content_type)},
                       {"Lambda-Runtime-Function-Response-Mode", "streaming"},
                       {"Trailer", std::string(kErrorType).append(", ").append(kErrorBody)}}});
  }

  void beginHttp(std::string_view head) override {
    begin(kHttpIntegration);
    write(std::string(head).append(kHeadEnd, '\0'));
  }

  void write(std::string_view bytes) override {
    if (!has_begun_) begin(kAnyBytes);
    if (!bytes.empty()) api_.writeChunk(bytes);  // an empty chunk would end the body
  }

  // `error`: an exception of the handler; nullptr: none.
  void end(const Thrown* error) {
    if (!error) {
      api_.endChunks({});
      return;
    }
    api_.endChunks({{std::string(kErrorType), error->type},
                    {std::string(kErrorBody), toBase64(errorJson(error->type, error->message))}});
  }

 private:
  RuntimeApiClient& api_;
  const std::string path_;
  bool has_begun_ = false;
};

void printError(const InvocationContext& context, const Thrown& thrown) {
  std::cerr << "[ERROR] " << context.request_id << " " << errorJson(thrown.type, thrown.message) << std::endl;
}

// Calls the handler. Returns the request that posts its result or error; none if it has streamed its
// response.
std::optional<RuntimeApiClient::Request> invoke(RuntimeApiClient& api, const Handler& handler,
                                                const RuntimeApiClient::Response& next) {
  InvocationContext context = contextOf(next);
  if (!context.trace_id.empty()) publishTraceId(context.trace_id);
  const std::string path = std::string(kInvocation) + context.request_id;
  SentStream stream(api, path + "/response");
  context.response = &stream;
  std::optional<Thrown> thrown;
  std::string result;
  try {
    result = handler(next.body, context);
  } catch (const RuntimeApiClosed&) {
    throw;
  } catch (...) {
    thrown = currentlyThrown();
    printError(context, *thrown);
  }
  if (stream.hasBegun()) {
    stream.end(thrown ? &*thrown : nullptr);
    return std::nullopt;
  }
  if (!thrown) return {{"POST", path + "/response", {{"Content-Type", "application/json"}}, std::move(result)}};
  return {{"POST", path + "/error", errorHeaders(thrown->type), errorJson(thrown->type, thrown->message)}};
}

int loop(RuntimeApiClient& api, const Handler& handler) {
  const RuntimeApiClient::Request ask{"GET", std::string(kInvocation).append("next")};
  std::vector<RuntimeApiClient::Request> requests = {ask};
  try {
    while (true) {
      const RuntimeApiClient::Response next = api.send(requests);
      if (next.status != 200 || next.header("lambda-runtime-aws-request-id").empty()) {
        std::cerr << "The Runtime API answered " << next.status << ": " << next.body << std::endl;
        return 1;
      }
      requests = {ask};
      if (auto answer = invoke(api, handler, next)) requests.insert(requests.begin(), *std::move(answer));
    }
  } catch (const RuntimeApiClosed&) {
    return 0;
  }
}

// Runs `run` with the Runtime API of this process.
int withRuntimeApi(const std::function<int(RuntimeApiClient&)>& run) {
  const std::string address = environmentVariable("AWS_LAMBDA_RUNTIME_API");
  if (address.empty()) {
    std::cerr
        << "This is a Lambda function. Lambda or `dynamodb-log offline` starts it and sets AWS_LAMBDA_RUNTIME_API."
        << std::endl;
    return 1;
  }
  int status = 1;
  try {
    const bool is_offline = environmentVariable("IS_OFFLINE") == "true";
    awaitShutdown(is_offline ? std::string() : address);
    RuntimeApiClient api(address, is_offline ? RuntimeApiClient::Pipelining::kOn : RuntimeApiClient::Pipelining::kOff);
    status = run(api);
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
  }
  finishShutdown();
  return status;
}

}  // namespace

Handler streaming(StreamingHandler handler) {
  return [handler = std::move(handler)](std::string_view event, const InvocationContext& context) {
    handler(event, context, *context.response);
    context.response->write({});  // a response without bytes is one, too
    return std::string();
  };
}

Handler withoutResult(std::function<void(std::string_view)> handle) {
  return [handle = std::move(handle)](std::string_view event, const InvocationContext&) {
    handle(event);
    return std::string("null");
  };
}

int runHandler(const Handler& handler) {
  return withRuntimeApi([&](RuntimeApiClient& api) { return loop(api, handler); });
}

int runHandlers(const std::map<std::string, Handler>& handlers) {
  return withRuntimeApi([&](RuntimeApiClient& api) {
    const auto handler = handlers.find(environmentVariable("_HANDLER"));
    if (handler != handlers.end()) return loop(api, handler->second);
    const std::string message = "There is no handler \"" + environmentVariable("_HANDLER") + "\" in this program.";
    std::cerr << message << std::endl;
    api.send({"POST", std::string(kInitError), errorHeaders("Runtime.NoSuchHandler"),
              errorJson("Runtime.NoSuchHandler", message)});
    return 1;
  });
}

}  // namespace ddblog
