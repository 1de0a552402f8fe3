#include "aws/http/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <chrono>
#include <limits>
#include <optional>

#include "aws/http/network_error.h"
#include "aws/http/resolver.h"
#include "aws/http/tls_context.h"

namespace ddblog::aws {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;
using Kind = NetworkError::Kind;

namespace {

std::string reasonOf(const Error& error) {
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) return "the server closed it";
  return error.message();
}

Error systemError() { return {errno, boost::system::system_category()}; }

}  // namespace

struct Connection::Impl {
  asio::io_context context{1};
  tcp::socket socket{context};
  std::optional<asio::ssl::stream<tcp::socket&>> tls;

  // Starts an asynchronous operation with start(handler) and waits for it.
  struct Result {
    Error error;
    std::size_t bytes = 0;
  };
  template <class Start>
  Result wait(Deadline deadline, const Start& start) {
    std::optional<Result> result;
    start([&result](const Error& error, std::size_t bytes = 0) { result = Result{error, bytes}; });
    context.restart();
    context.run_until(deadline);
    if (result) return *result;
    Error ignored;
    socket.close(ignored);
    context.restart();
    context.run();  // the handler refers to this function's variables
    throw NetworkError(Kind::kTimeout, "timed out");
  }

  // Without TLS, requests and responses take no detour through Asio: its reactor needs three more system
  // calls for each response.
  void waitUntilReady(short events, Deadline deadline) {
    pollfd descriptor{socket.native_handle(), events, 0};
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) timeOut();  // even if bytes are there: a server may send them one by one for ever
      const auto timeout = std::min<std::chrono::milliseconds::rep>(left.count(), std::numeric_limits<int>::max());
      const int ready = ::poll(&descriptor, 1, static_cast<int>(timeout));
      if (ready > 0) return;
      if (ready < 0 && errno == EINTR) continue;
      if (ready < 0) throw NetworkError(Kind::kBroken, systemError().message());
    }
  }

  [[noreturn]] void timeOut() {
    Error ignored;
    socket.close(ignored);
    throw NetworkError(Kind::kTimeout, "timed out");
  }

  void writePlain(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        waitUntilReady(POLLOUT, deadline);
      } else if (errno != EINTR) {
        throw NetworkError(Kind::kBroken, systemError().message());
      }
    }
  }

  // 0: the server has closed the connection.
  std::size_t readPlain(std::span<char> bytes, Deadline deadline) {
    while (true) {
      waitUntilReady(POLLIN, deadline);
      const ssize_t count = ::recv(socket.native_handle(), bytes.data(), bytes.size(), 0);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        throw NetworkError(Kind::kBroken, systemError().message());
      }
    }
  }

  Error connect(const SocketAddress& address, Deadline deadline) {
    // Created by hand, because child processes inherit Asio's own sockets.
    const int descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return systemError();
    socket = tcp::socket(context);
    socket.assign(address.family() == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor);
    tcp::endpoint endpoint;
    std::copy_n(reinterpret_cast<const char*>(address.get()), address.size, reinterpret_cast<char*>(endpoint.data()));
    endpoint.resize(address.size);
    const Error error = wait(deadline, [&](auto handler) { socket.async_connect(endpoint, std::move(handler)); }).error;
    if (error) return error;
    Error ignored;  // sends small requests at once
    socket.set_option(tcp::no_delay(true), ignored);
    return {};
  }
};

Connection::Connection(const std::string& host, int port, Deadline deadline) : impl_(std::make_unique<Impl>()) {
  const std::vector<SocketAddress> addresses = resolve(host, port, deadline);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    // An unreachable address may use at most half of the remaining time.
    const bool is_last = i + 1 == addresses.size();
    const auto now = std::chrono::steady_clock::now();
    const Deadline own_deadline = is_last ? deadline : now + (deadline - now) / 2;
    try {
      const Error error = impl_->connect(addresses[i], own_deadline);
      if (!error) return;
      if (is_last) throw NetworkError(Kind::kConnect, error.message());
    } catch (const NetworkError& error) {
      if (is_last) throw;
    }
  }
}

Connection::~Connection() = default;

void Connection::startTls(TlsContext& tls, const std::string& host, Deadline deadline) {
  auto ssl = tls.newConnection(host);
  impl_->tls.emplace(impl_->socket, ssl.release());
  const Error error =
      impl_
          ->wait(deadline,
                 [&](auto handler) { impl_->tls->async_handshake(asio::ssl::stream_base::client, std::move(handler)); })
          .error;
  if (!error) return;
  if (error.category() != asio::error::get_ssl_category()) throw NetworkError(Kind::kBroken, reasonOf(error));
  const auto code = static_cast<unsigned long>(error.value());
  throw NetworkError(Kind::kTls, tls.explainFailure(impl_->tls->native_handle(), host, code));
}

void Connection::write(std::string_view bytes, Deadline deadline) {
  if (!impl_->tls) return impl_->writePlain(bytes, deadline);
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  const Error error =
      impl_->wait(deadline, [&](auto handler) { asio::async_write(*impl_->tls, buffer, std::move(handler)); }).error;
  if (error) throw NetworkError(Kind::kBroken, reasonOf(error));
}

std::size_t Connection::read(std::span<char> bytes, Deadline deadline) {
  if (!impl_->tls) return impl_->readPlain(bytes, deadline);
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  const auto [error, count] =
      impl_->wait(deadline, [&](auto handler) { impl_->tls->async_read_some(buffer, std::move(handler)); });
  if (error == asio::error::eof) return 0;
  if (error) throw NetworkError(Kind::kBroken, reasonOf(error));
  return count;
}

bool Connection::isUsable() const {
  char byte;
  const ssize_t count = ::recv(impl_->socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
  // With TLS there may be data that is not a response: session tickets.
  return count > 0 && impl_->tls;
}

}  // namespace ddblog::aws
