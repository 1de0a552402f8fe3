// HTTP as a client, on libcurl, which only http_client.cc knows.
//
// Connections are kept alive and used again: each call takes a handle of its own from the pool, so calls on several
// threads run side by side, each over its own connection. Requests are sent at once (TCP_NODELAY, no Expect:
// 100-continue). Redirects are not followed: a signature is for one host. Proxies are taken from the environment as
// libcurl does, but never for loopback hosts.
//
// Thread safety: send() may be called from any thread. Limits: HttpRequest's time limits, and `max_body` for the
// answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace ddblog::aws {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // path and query as they go over the wire
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body = {};  // must outlive the call
  std::chrono::milliseconds connect_timeout = limits::kClientConnectTimeout;
  std::chrono::milliseconds timeout = limits::kClientTimeout;  // of the whole call
  std::size_t max_body = limits::kClientAnswerBytes;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// No answer: no connection, a time limit, an answer that is no HTTP or too large.
class ConnectionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;

  // Throws ConnectionError.
  HttpAnswer send(const HttpRequest& request);

 private:
  class Handle;
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace ddblog::aws
