// One connection to a server, plain or with TLS: blocking calls, each with a deadline.
//
// Connecting, and all calls with TLS, run asynchronous operations of Asio on the connection's own context
// until they complete or the deadline passes. Only connection.cc includes Asio. Without TLS, reading and
// writing are system calls, because every event takes several of them.
//
// Errors: all calls throw NetworkError; after that the connection can only be destroyed.
// Thread safety: none; a connection belongs to one call at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ddblog::aws {

class TlsContext;

class Connection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Connects to the first reachable address of `host`.
  Connection(const std::string& host, int port, Deadline deadline);
  ~Connection();
  Connection(const Connection&) = delete;

  // Encrypts the connection from here on. `host`: the name that the server's certificate must have.
  // `tls` must outlive the connection.
  void startTls(TlsContext& tls, const std::string& host, Deadline deadline);

  void write(std::string_view bytes, Deadline deadline);

  // Waits for data and returns the number of bytes read; 0: the server closed the connection in an
  // orderly way.
  std::size_t read(std::span<char> buffer, Deadline deadline);

  // Whether an idle connection can be reused: the server has neither closed it nor sent unexpected
  // data. The server may still close it at any time.
  bool isUsable() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ddblog::aws
