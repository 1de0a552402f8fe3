// Functions in C++: a program that calls runHandler() is a Lambda `bootstrap`, in AWS and offline.
//
//   int main() {
//     return ddblog::runHandler([](std::string_view event, const ddblog::Context&) { return std::string("null"); });
//   }
//
// The loop: asks the Runtime API (AWS_LAMBDA_RUNTIME_API) for the next event, calls the handler, posts what it returns
// (JSON text). What it throws is posted as {"errorType", "errorMessage", "stackTrace"}, and the loop goes on. It ends
// when the Runtime API is gone. Events and answers are at most 6 MB. Source:
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//
// Thread safety: one loop a process; the handler is called on the thread of the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ddblog {

// What a function is told about its invocation.
struct Context {
  std::string request_id;
  std::string function_arn;
  std::string trace_id;
  std::string client_context;    // JSON, mostly empty
  std::string cognito_identity;  // JSON, mostly empty
  std::int64_t deadline_ms = 0;  // since the epoch
};

using Handler = std::function<std::string(std::string_view event, const Context& context)>;

// Runs the loop to its end and returns the program's exit status: 0 when the Runtime API closed, 1 when there is none
// or it did not answer as it should (a line on standard error says what was wrong).
int runHandler(const Handler& handler);

// The same for a program that holds several functions: _HANDLER (the function's `Handler` in the template) chooses. An
// unknown name is reported as an error of initialisation.
int runHandlers(const std::map<std::string, Handler>& handlers);

}  // namespace ddblog
