// A request to a service and its answer, after HTTP and before any service: what src/server/ hands over and gets back.
//
// Thread safety: value types. `Respond` may be called from any thread, exactly once.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ddblog::rpc {

struct Request {
  // AWS JSON protocols: what follows the dot in X-Amz-Target ("PutItem"). REST protocols: the route's operation.
  std::string operation;
  std::string body;  // as sent, after gzip was undone

  // For REST services (Lambda, its Runtime API). Empty otherwise.
  std::string method;                             // "POST"
  std::map<std::string, std::string> parameters;  // of the path, decoded: {"FunctionName": "users"}
  std::map<std::string, std::string> query;       // decoded
  std::map<std::string, std::string> headers;     // names in lower case

  std::string request_id;
  std::string listener;  // the tag of the listener that the request came in by (see listeners.h); empty: the main ones
};

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type;  // empty: the protocol's own
  std::vector<std::pair<std::string, std::string>> headers;
};

// How a request ended: an answer, or (refused is set) an exception. The server words ApiError as the protocol does; any
// other exception becomes InternalServerError, status 500, and a line in the log.
struct Outcome {
  Answer answer;
  std::exception_ptr refused;
};

using Respond = std::function<void(Outcome)>;

// Carries a request out: now, on the writer thread, or later; calls `respond` exactly once. Does not throw.
using Handler = std::function<void(Request, Respond)>;

}  // namespace ddblog::rpc
