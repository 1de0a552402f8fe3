// A request to a service and its outcome: what src/server/ passes to services and gets back.
//
// Thread safety: value types. A Callback may be called from any thread, exactly once.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/api_error.h"

namespace ddblog::rpc {

class BodyPipe;
class BodySource;

struct Request {
  // AWS JSON protocols: the part of X-Amz-Target after the dot ("PutItem"). REST protocols: the
  // route's operation.
  std::string operation;
  std::string body;  // decompressed
  std::string host;  // the Host header: what the client calls this server; empty: none

  // For the query protocol: as sent. Empty otherwise.
  std::string path;       // "/000000000000/queue"
  std::string raw_query;  // without "?"

  // For REST APIs (Lambda, its Runtime API). Empty otherwise.
  std::string method;                             // "POST"
  std::map<std::string, std::string> parameters;  // decoded path parameters: {"FunctionName": "users"}
  std::map<std::string, std::string> query;       // decoded; a repeated parameter has its values one a line
  std::map<std::string, std::string> headers;     // names in lower case

  std::string request_id;
  std::string cause;     // the function's invocation that sent it (causeOf in traces.h); empty: not known
  std::string listener;  // the tag of the receiving listener (listeners.h); empty: a main one
  std::shared_ptr<BodyPipe> stream = {};  // the body, if the operation wants it as it arrives (RestApi::setStreams)
};

struct Response {
  int status = 200;
  std::string body;
  std::string content_type;  // empty: the protocol's default
  Headers headers;
  std::shared_ptr<BodySource> stream = {};  // the body, if it is sent as it comes; `body` is empty then
};

// The outcome of a request: a response or an error, never both. The service's protocol encodes an
// ApiError. Any other exception is a bug of ours: it becomes the protocol's internal error and a
// log line.
class Outcome {
 public:
  Outcome(Response response) : ended_(std::move(response)) {}                 // NOLINT(google-explicit-constructor)
  Outcome(std::exception_ptr error) : ended_(std::move(error)) {}             // NOLINT(google-explicit-constructor)
  Outcome(const ApiError& error) : ended_(std::make_exception_ptr(error)) {}  // NOLINT(google-explicit-constructor)
  // A response with status 200 and this body.
  static Outcome ofBody(std::string body) { return Response{200, std::move(body), {}, {}}; }

  bool isError() const { return std::holds_alternative<std::exception_ptr>(ended_); }
  // nullptr: the outcome is a response.
  std::exception_ptr error() const { return isError() ? std::get<std::exception_ptr>(ended_) : nullptr; }
  // Throws the error if the outcome is one.
  const Response& response() const& {
    throwError();
    return std::get<Response>(ended_);
  }
  Response response() && {
    throwError();
    return std::get<Response>(std::move(ended_));
  }

 private:
  void throwError() const {
    if (isError()) std::rethrow_exception(error());
  }

  std::variant<Response, std::exception_ptr> ended_;
};

using Callback = std::function<void(Outcome)>;

// Executes a request, now or later, on any thread, and calls the callback exactly once. Does not
// throw.
using Handler = std::function<void(Request, Callback)>;

}  // namespace ddblog::rpc
