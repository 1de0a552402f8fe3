// A kept-alive connection to the server: HTTP/1.1 with the AWS JSON protocol, written by hand, fast, and never
// retrying: whoever uses it must know what was answered and what was not.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace ddblog::model {

namespace json = boost::json;

struct Answer {
  int status = 0;
  std::string text;
  json::value body;

  bool isOk() const { return status == 200; }
  // "ConditionalCheckFailedException"; empty if it is none.
  std::string errorType() const;
};

class Connection {
 public:
  explicit Connection(int port) : port_(port) {}
  ~Connection() { close(); }
  Connection(const Connection&) = delete;

  // Whether all of it was sent. Connects first if it is not connected.
  bool send(std::string_view target, std::string_view body);
  bool sendRest(std::string_view method, std::string_view path, std::string_view body);
  // The next answer, whole; nullopt: the connection broke. Throws std::runtime_error on what is no answer.
  std::optional<Answer> receive();
  void close();

 private:
  bool connect();
  bool sendAll(const std::string& bytes);
  bool fill();

  int port_;
  int socket_ = -1;
  std::string buffer_;
};

}  // namespace ddblog::model
