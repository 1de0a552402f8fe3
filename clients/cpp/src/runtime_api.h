// Lambda's Runtime API as a client: HTTP/1.1 over one kept-alive connection to an address in this machine.
//
// Not libcurl: nothing but one plain connection is needed here, and it is on the way of every event.
//
// Waiting for the next event has no time limit (that is the protocol). Answers may have a length or be chunked, at most
// kRuntimeBodyBytes. Thread safety: none; one thread uses it.
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

inline constexpr std::size_t kRuntimeBodyBytes = 8u << 20;     // Lambda: 6 MB, and what wraps them
inline constexpr std::size_t kRuntimeHeaderBytes = 64u << 10;  // ours; client contexts are at most 3,583 bytes

// The connection cannot be made or broke off.
class RuntimeApiGone : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class RuntimeApi {
 public:
  struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
  };
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // address: "127.0.0.1:9001", as AWS_LAMBDA_RUNTIME_API has it. Throws std::invalid_argument.
  explicit RuntimeApi(std::string_view address);
  ~RuntimeApi();
  RuntimeApi(const RuntimeApi&) = delete;
  RuntimeApi& operator=(const RuntimeApi&) = delete;

  // Connects if there is no connection (any more) and sends the request. A kept connection that turns out to be closed
  // is made again once. Throws RuntimeApiGone, and std::runtime_error for an answer that is no HTTP or too large.
  Answer send(std::string_view method, std::string_view path, const Headers& headers = {}, std::string_view body = {});

 private:
  void connect();
  void close();
  bool sendAll(std::string_view bytes);
  bool receive();  // appends what arrives to buffer_; false: the connection is closed
  void need(std::size_t bytes);
  std::string takeLine();
  std::string take(std::size_t bytes);
  Answer readAnswer();
  void readBody(Answer& answer);

  std::string host_;
  std::string port_;
  int socket_ = -1;
  std::string buffer_;  // received and not taken yet
};

}  // namespace ddblog
