// A client of Lambda's Runtime API: HTTP/1.1 over one kept-alive connection to a local address.
//
// It does not use the HTTP client of aws/: it needs only one plain connection, and every event goes
// through it.
//
// Offline, the answer to an invocation and the question for the next one go out together (HTTP's
// pipelining), which saves the process and the cloud a round trip for each event. AWS does not say
// whether its Runtime API takes that, so there they go one after the other.
//
// Waiting for the next event has no timeout, as the protocol requires. Responses have a length or
// are chunked, and are at most kRuntimeBodyBytes. Thread safety: none; use it on one thread.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <cstddef>
#include <span>
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
    std::string headers = {};  // lines that end with "\r\n"
    std::string body = {};

    // Empty: there is none. `name`: in lower case.
    std::string_view header(std::string_view name) const;
  };
  using Headers = std::vector<std::pair<std::string, std::string>>;
  struct Request {
    std::string method;
    std::string path;
    Headers headers = {};
    std::string body = {};
  };

  enum class Pipelining { kOff, kOn };

  // `address`: "127.0.0.1:9001", the value of AWS_LAMBDA_RUNTIME_API. Throws std::invalid_argument.
  RuntimeApiClient(std::string_view address, Pipelining pipelining);
  ~RuntimeApiClient();
  RuntimeApiClient(const RuntimeApiClient&) = delete;
  RuntimeApiClient& operator=(const RuntimeApiClient&) = delete;

  // Sends the requests in order, connecting first if necessary, and returns the response to the last
  // one. If an idle connection turns out to be closed, it reconnects once. Throws RuntimeApiClosed, and
  // std::runtime_error for a response that is not HTTP or is too large.
  Response send(std::span<const Request> requests);
  Response send(const Request& request) { return send(std::span(&request, 1)); }

  // A request whose body comes piece by piece. Nothing else may be sent before its end. Throw
  // RuntimeApiClosed; endChunks() also throws what send() throws.
  void beginChunks(const Request& request);  // without a body
  void writeChunk(std::string_view bytes);   // at least one
  Response endChunks(const Headers& trailers);

 private:
  Response exchange(std::span<const Request> requests);
  std::string textOf(std::span<const Request> requests) const;
  std::string headOf(const Request& request) const;
  void sendOrThrow(std::string_view bytes);
  void connect();
  void close();
  bool sendAll(std::string_view bytes);
  bool receive();  // appends to buffer_; false if the connection is closed
  void need(std::size_t bytes);
  std::string takeUntil(std::string_view end);
  std::string take(std::size_t bytes);
  Response readResponse();
  void readBody(Response& response);

  const Pipelining pipelining_;
  std::string host_;
  std::string port_;
  int socket_ = -1;
  std::string buffer_;     // received
  std::size_t taken_ = 0;  // bytes of buffer_ that are consumed
};

}  // namespace ddblog
