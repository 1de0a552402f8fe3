// A client that sends exactly the bytes that a test says, and reads answers as they come.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace ddblog::server {

struct RawAnswer {
  int status = 0;                              // 0: the connection was closed without an answer
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(int port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("the test's client cannot connect");
    }
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;

  // false: the server has closed the connection.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // Returns when all that was sent is in the server's socket.
  void awaitArrival() const {
    for (int left = 1; left > 0;) {
      if (::ioctl(socket_, TIOCOUTQ, &left) != 0) throw std::runtime_error("the test's client is not connected");
    }
  }

  void endSending() { ::shutdown(socket_, SHUT_WR); }

  RawAnswer receive(bool without_body = false) {
    std::size_t head_end;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!readMore()) return {};
    }
    RawAnswer answer;
    answer.status = std::stoi(received_.substr(9, 3));
    std::string head = received_.substr(0, head_end + 2);
    received_.erase(0, head_end + 4);
    for (std::size_t start = head.find("\r\n") + 2; start < head.size();) {
      const std::size_t end = head.find("\r\n", start);
      const std::string line = head.substr(start, end - start);
      const std::size_t colon = line.find(": ");
      std::string name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      answer.headers[name] = line.substr(colon + 2);
      start = end + 2;
    }
    const std::size_t length =
        answer.headers.contains("content-length") && !without_body ? std::stoul(answer.headers["content-length"]) : 0;
    while (received_.size() < length) {
      if (!readMore()) return {};
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
    return answer;
  }

  // The next `bytes` bytes, which are not an answer of their own; fewer: the connection was closed.
  std::string receiveText(std::size_t bytes) {
    while (received_.size() < bytes && readMore()) {
    }
    std::string text = received_.substr(0, bytes);
    received_.erase(0, bytes);
    return text;
  }

  // How often something was received: what the server sends at once arrives at once.
  int pieces() const { return pieces_; }

  // Whether the server closes the connection without sending anything more.
  bool isClosed() { return received_.empty() && !readMore(); }

  // Whether something can be read within a moment.
  bool isReadable(int milliseconds) {
    pollfd waiting{socket_, POLLIN, 0};
    return !received_.empty() || ::poll(&waiting, 1, milliseconds) > 0;
  }

 private:
  bool readMore() {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, 10'000) <= 0) throw std::runtime_error("the server says nothing for ten seconds");
    char bytes[65536];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    ++pieces_;
    return true;
  }

  const int socket_;
  std::string received_;
  int pieces_ = 0;
};

}  // namespace ddblog::server
