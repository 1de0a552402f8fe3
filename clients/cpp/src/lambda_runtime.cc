#include "ddblog/lambda_runtime.h"

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <typeinfo>
#include <utility>
#include <vector>

#include <cxxabi.h>

#include "base/json_writer.h"
#include "clients/cpp/src/runtime_api_client.h"

namespace ddblog {
namespace {

constexpr std::string_view kInvocation = "/2018-06-01/runtime/invocation/";
constexpr std::string_view kInitError = "/2018-06-01/runtime/init/error";

std::string environmentVariable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string typeOf(const std::exception& thrown) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(typeid(thrown).name(), nullptr, nullptr, &status), std::free);
  std::string type = name ? name.get() : typeid(thrown).name();
  return type.substr(type.rfind(':') + 1);  // without its namespace, as in other runtimes
}

std::string errorJson(std::string_view type, std::string_view message) {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("errorType").value(type).key("errorMessage").value(message);
  json.key("stackTrace").beginArray().endArray().endObject();
  return text;
}

RuntimeApiClient::Headers errorHeaders(std::string_view type) {
  return {{"Content-Type", "application/vnd.aws.lambda.error+json"},
          {"Lambda-Runtime-Function-Error-Type", std::string(type)}};
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

// Calls the handler. Returns the request that posts its result or error.
RuntimeApiClient::Request invoke(const Handler& handler, const RuntimeApiClient::Response& next) {
  const InvocationContext context = contextOf(next);
  if (!context.trace_id.empty()) publishTraceId(context.trace_id);
  const std::string path = std::string(kInvocation) + context.request_id;
  std::string type, message;
  try {
    return {"POST", path + "/response", {{"Content-Type", "application/json"}}, handler(next.body, context)};
  } catch (const std::exception& e) {
    type = typeOf(e);
    message = e.what();
  } catch (...) {
    type = "Unknown";
    message = "The handler threw something that is not a std::exception.";
  }
  std::string error = errorJson(type, message);
  std::cerr << "[ERROR] " << context.request_id << " " << error << std::endl;
  return {"POST", path + "/error", errorHeaders(type), std::move(error)};
}

int loop(RuntimeApiClient& api, const Handler& handler) {
  const RuntimeApiClient::Request ask{"GET", std::string(kInvocation).append("next")};
  std::vector<RuntimeApiClient::Request> requests = {ask};
  while (true) {
    RuntimeApiClient::Response next;
    try {
      next = api.send(requests);
    } catch (const RuntimeApiClosed&) {
      return 0;
    }
    if (next.status != 200 || next.header("lambda-runtime-aws-request-id").empty()) {
      std::cerr << "The Runtime API answered " << next.status << ": " << next.body << std::endl;
      return 1;
    }
    requests = {invoke(handler, next), ask};
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
  try {
    const bool is_offline = environmentVariable("IS_OFFLINE") == "true";
    RuntimeApiClient api(address, is_offline ? RuntimeApiClient::Pipelining::kOn : RuntimeApiClient::Pipelining::kOff);
    return run(api);
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}

}  // namespace

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
