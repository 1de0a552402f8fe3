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
//
// A handler can also send its response while it makes it, up to 200 MB. Callers of
// InvokeWithResponseStream, or of a function URL, get it piece by piece; others get it whole, up to
// 6 MB:
//
//   ddblog::runHandler(ddblog::streaming(
//       [](std::string_view, const ddblog::InvocationContext&, ddblog::ResponseStream& response) {
//         response.begin("text/plain");
//         for (int i = 0; i < 3; ++i) response.write("line\n");
//       }));
//
// Sources: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
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

class ResponseStream;

// An invocation's metadata.
struct InvocationContext {
  std::string request_id;
  std::string function_arn;
  std::string trace_id;
  std::string client_context;          // JSON, usually empty
  std::string cognito_identity;        // JSON, usually empty
  std::int64_t deadline_ms = 0;        // milliseconds since the epoch
  ResponseStream* response = nullptr;  // what streaming() gives to its handler
};

using Handler = std::function<std::string(std::string_view event, const InvocationContext& context)>;

// A handler whose result nobody reads: it returns null.
Handler withoutResult(std::function<void(std::string_view event)> handle);

// A response that is sent piece by piece. An exception of the handler after the first piece ends it
// with an error, which Lambda passes on; what was sent stays sent.
// Thread safety: none; use it while the handler runs.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;

  // Begins the response with its content type. Without it, the first write() begins one of the type
  // application/octet-stream. Throws std::logic_error if the response has begun, and
  // std::invalid_argument if the type contains a control character.
  virtual void begin(std::string_view content_type) = 0;
  // The same for a function URL: `head` is {"statusCode", "headers", "cookies"} as JSON, and the body
  // follows.
  virtual void beginHttp(std::string_view head) = 0;
  // Sends bytes; waits while the client is slow. Throws std::runtime_error if the Runtime API has
  // closed the connection: then the loop ends, too.
  virtual void write(std::string_view bytes) = 0;
};

using StreamingHandler =
    std::function<void(std::string_view event, const InvocationContext& context, ResponseStream& response)>;

// A handler that streams its response.
Handler streaming(StreamingHandler handler);

// Has `callback` run before the process is ended: to flush what is buffered, for example. It runs when
// Lambda sends SIGTERM, on a thread of its own and never beside a handler; or when the loop ends. The
// process ends with it, and after 500 ms at the latest. Call this before runHandler(), and before the
// program has other threads. It blocks SIGTERM, also in programs that this one starts.
//
// Lambda sends SIGTERM only to functions with an extension, so runHandler() registers one of its own,
// which gets no events. The offline cloud sends it to every process that handles it, when it ends an
// idle one: at its own end, after code was changed, or when there is nothing to do.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
void onShutdown(std::function<void()> callback);

// Runs the loop and returns the program's exit status: 0 when the Runtime API closed the
// connection, 1 if there is no Runtime API or its response was invalid (a line on standard error
// says why).
int runHandler(const Handler& handler);

// The same for a program with several functions: _HANDLER (the function's `Handler` in the
// template) selects one. An unknown name is reported as an initialization error.
int runHandlers(const std::map<std::string, Handler>& handlers);

}  // namespace ddblog
