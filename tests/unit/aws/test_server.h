// A server whose behaviour a test writes down: a function that is called for each connection, on a thread of its own,
// with blocking calls to read and write. With an identity, connections begin with a TLS handshake.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "unit/aws/certificates.h"

namespace ddblog::aws {

// The server's side of a connection.
class Peer {
 public:
  Peer(int descriptor, SSL* ssl) : descriptor_(descriptor), ssl_(ssl) {}
  ~Peer() {
    if (ssl_) SSL_free(ssl_);
    ::close(descriptor_);
  }
  Peer(const Peer&) = delete;

  // What comes next; empty: nothing, the client has closed the connection.
  std::string read() {
    char bytes[64 << 10];
    const auto count = ssl_ ? SSL_read(ssl_, bytes, sizeof bytes) : ::recv(descriptor_, bytes, sizeof bytes, 0);
    return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
  }

  // A whole request; empty: none came.
  std::string readRequest() {
    std::string request;
    std::size_t expected = std::string::npos;
    while (request.size() < expected) {
      const std::string bytes = read();
      if (bytes.empty()) return {};
      request += bytes;
      if (expected != std::string::npos) continue;
      const std::size_t head_end = request.find("\r\n\r\n");
      if (head_end == std::string::npos) continue;
      const std::size_t length = request.find("Content-Length: ");
      expected = head_end + 4 + (length < head_end ? std::stoul(request.substr(length + 16)) : 0);
    }
    return request;
  }

  // false: the client has gone.
  bool send(std::string_view bytes) {
    const int size = static_cast<int>(bytes.size());
    const auto count =
        ssl_ ? SSL_write(ssl_, bytes.data(), size) : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return count == size;
  }

  // Ends a TLS connection as it should be ended; without it, a close is a connection cut off.
  void shutDownTls() { SSL_shutdown(ssl_); }

  // What the client called the server in its handshake.
  std::string serverName() const {
    const char* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name ? name : "";
  }

  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
  SSL* const ssl_;
};

class TestServer {
 public:
  using Handler = std::function<void(Peer&)>;

  explicit TestServer(Handler handler, const Identity* identity = nullptr) : handler_(std::move(handler)) {
    if (identity) {
      ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
      tls_.reset(SSL_CTX_new(TLS_server_method()));
      SSL_CTX_use_certificate(tls_.get(), identity->certificate.get());
      SSL_CTX_use_PrivateKey(tls_.get(), identity->key.get());
    }
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
    accepting_ = std::thread([this] { accept(); });
  }

  ~TestServer() {
    is_stopping_ = true;
    ::shutdown(listening_, SHUT_RDWR);
    accepting_.join();
    ::close(listening_);
    {
      std::lock_guard lock(mutex_);
      for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
  }

  int port() const { return port_; }
  std::string url(const std::string& host = "127.0.0.1") const {
    return (tls_ ? "https://" : "http://") + host + ':' + std::to_string(port_);
  }
  int connections() const { return connections_; }
  bool isStopping() const { return is_stopping_; }

 private:
  void accept() {
    for (;;) {
      const int descriptor = ::accept(listening_, nullptr, nullptr);
      if (descriptor < 0) return;
      ++connections_;
      std::lock_guard lock(mutex_);
      open_.push_back(descriptor);
      threads_.emplace_back([this, descriptor] { serve(descriptor); });
    }
  }

  void serve(int descriptor) {
    SSL* ssl = nullptr;
    if (tls_) {
      ssl = SSL_new(tls_.get());
      SSL_set_fd(ssl, descriptor);
    }
    Peer peer(descriptor, ssl);
    if (!ssl || SSL_accept(ssl) == 1) handler_(peer);
    ERR_clear_error();
    std::lock_guard lock(mutex_);
    std::erase(open_, descriptor);  // the number may be another's once the peer is destroyed
  }

  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  const Handler handler_;
  std::unique_ptr<SSL_CTX, FreeContext> tls_;
  int listening_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<bool> is_stopping_{false};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace ddblog::aws
