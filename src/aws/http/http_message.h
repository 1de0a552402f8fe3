// An HTTP request and a response, as the client sees them.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/limits.h"

namespace ddblog::aws {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // with path and query as sent
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body = {};                                                 // must outlive the call
  std::chrono::milliseconds connect_timeout = limits::kClientConnectTimeout;  // name, address, proxy and TLS
  std::chrono::milliseconds timeout = limits::kClientTimeout;                 // see http_client.h
  std::size_t max_body = limits::kClientAnswerBytes;                          // of the response
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int times_sent = 1;  // 2: the connection was lost before any part of a response, so the request was sent again
};

}  // namespace ddblog::aws
