// An HTTP server of tests: answers the requests that come, one after another, with what it was given, and keeps what
// they said. After the last answer it closes the connection; a status of 0 closes it without an answer.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ddblog::aws {

class ScriptedServer {
 public:
  struct Scripted {
    int status;
    std::string body;
    std::string headers = {};  // further lines, each with "\r\n"
  };

  explicit ScriptedServer(std::vector<Scripted> answers) : answers_(std::move(answers)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listening_, 8) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no port for the test's server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listening_, SHUT_RDWR);
    {
      std::lock_guard lock(mutex_);
      if (open_ >= 0) ::shutdown(open_, SHUT_RDWR);
    }
    thread_.join();
    ::close(listening_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() {
    std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  void serve() {
    std::size_t next = 0;
    while (next < answers_.size()) {
      const int connection = ::accept(listening_, nullptr, nullptr);
      if (connection < 0) return;
      {
        std::lock_guard lock(mutex_);
        ++connections_;
        open_ = connection;
      }
      while (next < answers_.size()) {
        const std::string request = readRequest(connection);
        if (request.empty()) break;
        const Scripted& answer = answers_[next++];
        std::lock_guard lock(mutex_);
        requests_.push_back(request);
        if (answer.status == 0) break;
        const std::string text = "HTTP/1.1 " + std::to_string(answer.status) +
                                 " Status\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n" +
                                 answer.headers + "\r\n" + answer.body;
        if (::send(connection, text.data(), text.size(), MSG_NOSIGNAL) < 0) break;
      }
      std::lock_guard lock(mutex_);
      open_ = -1;
      ::close(connection);
    }
  }

  static std::string readRequest(int connection) {
    std::string request;
    std::size_t expected = std::string::npos;
    char bytes[4096];
    while (request.size() < expected) {
      const ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
      if (count <= 0) return {};
      request.append(bytes, static_cast<std::size_t>(count));
      const std::size_t head_end = request.find("\r\n\r\n");
      if (head_end == std::string::npos) continue;
      const std::size_t length = request.find("Content-Length: ");
      expected = head_end + 4;
      if (length < head_end) expected += std::stoul(request.substr(length + 16));
    }
    return request;
  }

  const std::vector<Scripted> answers_;
  int listening_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  int connections_ = 0;
  int open_ = -1;  // the connection that it answers on
  std::thread thread_;
};

}  // namespace ddblog::aws
