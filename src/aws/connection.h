// One connection to a server, plain or with TLS: blocking calls, each with a deadline.
//
// Inside, calls are asynchronous ones of Asio on a context of the connection's own, which runs until the operation is
// done or the deadline has passed. Only connection.cc includes Asio.
//
// All calls throw NetworkError; after that the connection can only be destroyed.
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

  // Connects to the first address of `host` that answers.
  Connection(const std::string& host, int port, Deadline deadline);
  ~Connection();
  Connection(const Connection&) = delete;

  // From here on, everything is encrypted. `host`: whose certificate the server must have. `tls` must outlive the
  // connection.
  void startTls(TlsContext& tls, const std::string& host, Deadline deadline);

  void write(std::string_view bytes, Deadline deadline);

  // Waits for bytes and returns how many came; 0: the server has closed the connection in an orderly way.
  std::size_t read(std::span<char> buffer, Deadline deadline);

  // Whether an idle connection can be used again: the server has not closed it, nor sent what nobody asked for.
  // It may still close it the next moment.
  bool isUsable() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ddblog::aws
