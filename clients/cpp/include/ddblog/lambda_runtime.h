// Lambda functions in C++: a program that calls runHandler() is a Lambda `bootstrap`, in AWS and
// offline.
//
//   int main() {
//     return ddblog::runHandler([](std::string_view event, const ddblog::InvocationContext&) {
//       return std::string("null");
//     });
//   }
//
// The loop gets the next event from the Runtime API (AWS_LAMBDA_RUNTIME_API), calls the handler,
// and posts the JSON text that it returns. An exception is posted as {"errorType", "errorMessage",
// "stackTrace"}, and the loop continues. It ends when the Runtime API closes the connection. Events
// and responses are at most 6 MB.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//
// Thread safety: one loop per process; it calls the handler on its own thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ddblog {

// An invocation's metadata.
struct InvocationContext {
  std::string request_id;
  std::string function_arn;
  std::string trace_id;
  std::string client_context;    // JSON, usually empty
  std::string cognito_identity;  // JSON, usually empty
  std::int64_t deadline_ms = 0;  // milliseconds since the epoch
};

using Handler = std::function<std::string(std::string_view event, const InvocationContext& context)>;

// A handler whose result nobody reads: it returns null.
Handler withoutResult(std::function<void(std::string_view event)> handle);

// Runs the loop and returns the program's exit status: 0 when the Runtime API closed the
// connection, 1 if there is no Runtime API or its response was invalid (a line on standard error
// says why).
int runHandler(const Handler& handler);

// The same for a program with several functions: _HANDLER (the function's `Handler` in the
// template) selects one. An unknown name is reported as an initialization error.
int runHandlers(const std::map<std::string, Handler>& handlers);

}  // namespace ddblog
