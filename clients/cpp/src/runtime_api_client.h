// A client of Lambda's Runtime API: HTTP/1.1 over one kept-alive connection to a local address.
//
// It does not use the HTTP client of aws/: it needs only one plain connection, and every event goes
// through it.
//
// Waiting for the next event has no timeout, as the protocol requires. Responses have a length or
// are chunked, and are at most kRuntimeBodyBytes. Thread safety: none; use it on one thread.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <cstddef>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ddblog {

inline constexpr std::size_t kRuntimeBodyBytes = 8u << 20;     // Lambda: 6 MB, plus the envelope
inline constexpr std::size_t kRuntimeHeaderBytes = 64u << 10;  // ours; client contexts are at most 3,583 bytes

// Connecting failed, or the connection broke.
class RuntimeApiClosed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class RuntimeApiClient {
 public:
  struct Response {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
  };
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // `address`: "127.0.0.1:9001", the value of AWS_LAMBDA_RUNTIME_API. Throws std::invalid_argument.
  explicit RuntimeApiClient(std::string_view address);
  ~RuntimeApiClient();
  RuntimeApiClient(const RuntimeApiClient&) = delete;
  RuntimeApiClient& operator=(const RuntimeApiClient&) = delete;

  // Sends the request, connecting first if necessary. If an idle connection turns out to be closed,
  // it reconnects once. Throws RuntimeApiClosed, and std::runtime_error for a response that is not
  // HTTP or is too large.
  Response send(std::string_view method, std::string_view path, const Headers& headers = {},
                std::string_view body = {});

 private:
  void connect();
  void close();
  bool sendAll(std::string_view bytes);
  bool receive();  // appends to buffer_; false if the connection is closed
  void need(std::size_t bytes);
  std::string takeLine();
  std::string take(std::size_t bytes);
  Response readResponse();
  void readBody(Response& answer);

  std::string host_;
  std::string port_;
  int socket_ = -1;
  std::string buffer_;  // received, not yet consumed
};

}  // namespace ddblog
