#include "cli/function_client.h"

#include <chrono>
#include <stdexcept>

#include "aws/sigv4.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "clients/cpp/src/library_errors.h"

namespace ddblog::cli {
namespace {

constexpr std::chrono::seconds kLongestInvocation{930};  // Lambda's 900 s, and what the way takes

std::string headerOf(const aws::HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? std::string() : found->second;
}

}  // namespace

std::string FunctionResult::error() const {
  try {
    const json::value value = parseJson(payload);
    const std::string type = textOf(value.as_object(), "errorType");
    const std::string message = textOf(value.as_object(), "errorMessage");
    return type.empty() || message.empty() ? type + message : type + ": " + message;
  } catch (const std::exception&) {  // not an error as Lambda's runtimes write it
    return {};
  }
}

FunctionClient::FunctionClient(const ConnectionFlags& flags, int attempts) {
  const ConnectOptions options = connectOptions(flags);
  try {
    session_ = std::make_unique<aws::Session>(aws::ClientOptions{.endpoint_url = options.endpoint_url,
                                                                 .region = options.region,
                                                                 .profile = options.profile,
                                                                 .attempts = attempts,
                                                                 .timeout = kLongestInvocation},
                                              clock_, ids_);
    client_ = std::make_unique<aws::Client>(*session_, aws::kLambda);
  } catch (const std::exception& error) {
    throw ConfigurationError(error.what());
  }
}

FunctionResult FunctionClient::invoke(const std::string& function, const std::string& event) const {
  return withLibraryErrors([&] {
    const aws::HttpResponse response =
        client_->send({.method = "POST",
                       .path = "/2015-03-31/functions/" + aws::percentEncode(function) + "/invocations",
                       .headers = {{"x-amz-invocation-type", "RequestResponse"}, {"x-amz-log-type", "Tail"}},
                       .body = event});
    return FunctionResult{response.body, fromBase64(headerOf(response, "x-amz-log-result")).value_or(""),
                          !headerOf(response, "x-amz-function-error").empty()};
  });
}

}  // namespace ddblog::cli
