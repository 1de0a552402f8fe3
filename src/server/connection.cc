#include "server/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "base/text.h"

namespace ddblog::server {

namespace {

constexpr std::size_t kReadBuffer = 16u << 10;
constexpr std::size_t kLargestReadBuffer = 256u << 10;  // while a large body arrives
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

bool expectsContinue(const RequestHead& head) { return lowerCase(head.expect) == "100-continue" && !head.is_http_1_0; }

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, std::shared_ptr<Listener> listener, tcp::socket socket,
                       bool is_admitted)
    : core_(std::move(core)),
      listener_(std::move(listener)),
      socket_(std::move(socket)),
      descriptor_(socket_.native_handle()),
      is_admitted_(is_admitted),
      parser_(core_->options.header_limit, core_->options.body_limit),
      buffer_(kReadBuffer, '\0') {}

void Connection::start() {
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  setDeadline(core_->options.request_timeout);
  if (!is_admitted_) return refuse(403, "Forbidden: this address serves the processes of one function only.\n");
  read();
}

void Connection::refuseAtOnce() {
  Error ignored;
  socket_.non_blocking(true, ignored);
  socket_.write_some(asio::buffer(kTooManyConnections), ignored);
  socket_.close(ignored);
}

void Connection::end() {
  {
    MutexLock lock(mutex_);
    if (phase_ == Phase::kClosed) return;
    if (phase_ == Phase::kTransfer) {
      ::shutdown(descriptor_, SHUT_RDWR);  // the next step of the chain notices it and closes
      return;
    }
    phase_ = Phase::kClosed;
    Error ignored;
    socket_.close(ignored);
  }
  core_->forget(*this);
}

void Connection::endIfLate(SteadyTime now) {
  if (now.time_since_epoch().count() <= deadline_.load(std::memory_order_relaxed)) return;
  MutexLock lock(mutex_);
  const bool is_late = now.time_since_epoch().count() > deadline_.load(std::memory_order_relaxed);
  if (phase_ == Phase::kTransfer && is_late) ::shutdown(descriptor_, SHUT_RDWR);
}

void Connection::endIfIdle() {
  MutexLock lock(mutex_);
  if (phase_ == Phase::kTransfer && is_idle_) ::shutdown(descriptor_, SHUT_RD);
}

void Connection::close() {
  {
    MutexLock lock(mutex_);
    if (phase_ == Phase::kClosed) return;
    phase_ = Phase::kClosed;
    Error ignored;
    socket_.close(ignored);
  }
  core_->forget(*this);
}

void Connection::setDeadline(std::chrono::milliseconds time_limit) {
  // The connection is a function process's, and the process pool has time limits of its own.
  if (!listener_->entrance().tag.empty() && !is_refused_) return;
  deadline_.store((std::chrono::steady_clock::now() + time_limit).time_since_epoch().count(),
                  std::memory_order_relaxed);
}

void Connection::read() {
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  is_idle_ = !has_begun_;
  // Checked after setting is_idle_: a concurrent stop() either sees is_idle_ or is seen here.
  if (is_idle_ && core_->is_stopping) return close();
  socket_.async_read_some(
      asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
      [self = shared_from_this()](const Error& error, std::size_t count) { self->onRead(error, count); });
}

void Connection::onRead(const Error& error, std::size_t count) {
  is_idle_ = false;
  if (error) return close();  // also a half-closed connection: its requests have been answered by now
  end_ += count;
  serveBuffered();
}

// Executes the buffered requests one after another, as long as each is answered at once.
void Connection::serveBuffered() {
  while (begin_ < end_) {
    std::size_t taken = 0;
    const bool was_full = end_ == buffer_.size();
    const auto state = parser_.parse(std::string_view(buffer_).substr(begin_, end_ - begin_), taken);
    begin_ += taken;
    if (state == RequestParser::State::kRefused) return refuse();
    if (state == RequestParser::State::kDone) {
      if (!dispatch()) return;
      continue;
    }
    if (!has_begun_) setDeadline(core_->options.request_timeout);
    has_begun_ = true;
    if (!sendContinue()) return close();
    const std::size_t rest = end_ - begin_;
    if (rest > core_->options.header_limit) return refuse();  // a chunk header without an end
    std::copy(buffer_.begin() + begin_, buffer_.begin() + end_, buffer_.begin());
    if (was_full && rest == 0 && buffer_.size() < kLargestReadBuffer) buffer_.resize(buffer_.size() * 2);
    begin_ = 0;
    end_ = rest;
    return read();
  }
  begin_ = end_ = 0;
  if (buffer_.size() > kReadBuffer) {
    buffer_.resize(kReadBuffer);
    buffer_.shrink_to_fit();
  }
  read();
}

bool Connection::sendContinue() {
  if (has_sent_continue_ || !parser_.isHeadDone() || parser_.head().expect.empty()) return true;
  has_sent_continue_ = true;
  if (!expectsContinue(parser_.head())) return true;
  Error error;
  return socket_.write_some(asio::buffer(kContinue), error) == kContinue.size();
}

// False: the chain continues later or has ended.
bool Connection::dispatch() {
  const RequestHead& head = parser_.head();
  encoding_ = EncodingOptions();
  encoding_.is_http_1_0 = head.is_http_1_0;
  encoding_.keep_alive = head.keep_alive;
  encoding_.head_only = head.method == "HEAD";
  encoding_.accepts_gzip = acceptsGzip(head.accept_encoding);
  RoutedRequest route = core_->router.find(head, std::move(parser_.body()), listener_->entrance());
  parser_.reset();
  has_begun_ = false;
  has_sent_continue_ = false;
  encoding_.has_crc32 = route.has_crc32;
  protocol_ = route.protocol;
  content_type_ = route.content_type;
  request_id_ = route.request.request_id;
  allow_origin_ = std::move(route.allow_origin);
  if (!route.handler) {
    if (route.protocol && route.response.content_type.empty()) route.response.content_type = content_type_;
    return send(std::move(route.response));
  }

  {
    MutexLock lock(mutex_);
    phase_ = Phase::kHandling;
    deadline_.store(SteadyTime::max().time_since_epoch().count(), std::memory_order_relaxed);
  }
  const auto exchange = std::make_shared<Exchange>(shared_from_this());
  try {
    (*route.handler)(std::move(route.request),
                     [exchange](rpc::Outcome outcome) { respond(exchange, std::move(outcome)); });
  } catch (...) {
    respond(exchange, std::current_exception());
  }
  if (exchange->state.exchange(Exchange::kHandlerReturned) != Exchange::kAnswered) return false;
  return finish(std::move(*exchange->outcome));
}

// Runs on any thread. The later one of the outcome and the handler's return continues the chain.
void Connection::respond(const std::shared_ptr<Exchange>& exchange, rpc::Outcome outcome) {
  if (exchange->is_answered.exchange(true)) return;
  exchange->outcome = std::move(outcome);
  if (exchange->state.exchange(Exchange::kAnswered) != Exchange::kHandlerReturned) return;
  Connection& connection = *exchange->connection;
  if (connection.core_->is_over) return;
  asio::post(connection.socket_.get_executor(), [exchange] {
    if (exchange->connection->finish(std::move(*exchange->outcome))) exchange->connection->serveBuffered();
  });
}

bool Connection::finish(rpc::Outcome outcome) {
  {
    MutexLock lock(mutex_);
    if (phase_ == Phase::kClosed) return false;
    phase_ = Phase::kTransfer;
  }
  rpc::Response response = outcome.isError() ? rpc::encodeException(*protocol_, outcome.error(), core_->options.log)
                                             : std::move(outcome).response();
  if (response.content_type.empty()) response.content_type = content_type_;
  return send(std::move(response));
}

bool Connection::send(rpc::Response response) {
  encoding_.keep_alive = encoding_.keep_alive && !core_->is_stopping;
  encoding_.request_id = request_id_;
  encoding_.allow_origin = allow_origin_;
  encoding_.date = date();
  response_ = encodeResponse(std::move(response), encoding_);
  return write();
}

// Most responses fit in the socket's buffer: one system call and no waiting.
bool Connection::write() {
  const std::array<asio::const_buffer, 2> whole = {asio::buffer(response_.head), asio::buffer(response_.body)};
  Error error;
  std::size_t sent = socket_.write_some(whole, error);
  if (error == asio::error::would_block) {
    sent = 0;
  } else if (error) {
    close();
    return false;
  }
  if (sent == response_.head.size() + response_.body.size()) return onWritten();
  if (!is_refused_) setDeadline(core_->options.request_timeout);
  const std::size_t of_head = std::min(sent, response_.head.size());
  const std::array<asio::const_buffer, 2> rest = {whole[0] + of_head, whole[1] + (sent - of_head)};
  asio::async_write(socket_, rest, [self = shared_from_this()](const Error& failed, std::size_t) {
    if (failed) {
      self->close();
    } else if (self->onWritten()) {
      self->serveBuffered();
    }
  });
  return false;
}

bool Connection::onWritten() {
  if (is_refused_) {
    drain();
    return false;
  }
  if (!encoding_.keep_alive) {
    close();
    return false;
  }
  setDeadline(core_->options.idle_timeout);
  return true;
}

// Answers an invalid request and closes the connection, because the start of the next request is
// unknown.
void Connection::refuse() {
  const int status = parser_.refusedStatus() ? parser_.refusedStatus() : 400;
  // DynamoDB's 413 response has no body.
  refuse(status, status == 413 ? "" : "Bad request: " + parser_.refusedBecause() + "\n");
}

void Connection::refuse(int status, std::string body) {
  is_refused_ = true;
  setDeadline(core_->options.request_timeout);
  encoding_ = EncodingOptions();
  encoding_.keep_alive = false;
  request_id_.clear();
  allow_origin_.clear();
  rpc::Response refusal;
  refusal.status = status;
  refusal.content_type = "text/plain; charset=utf-8";
  refusal.body = std::move(body);
  send(std::move(refusal));
}

// Closing a socket with unread data resets the connection, and the client might lose the response.
// So this reads and discards data for at most the request timeout.
void Connection::drain() {
  Error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](const Error& error, std::size_t) {
    if (error) {
      self->close();
    } else {
      self->drain();
    }
  });
}

std::string_view Connection::date() {
  const Timestamp now = core_->clock.now();
  const std::int64_t second = now.time_since_epoch().count() / 1000;
  if (second != date_second_) {
    date_ = httpDate(now);
    date_second_ = second;
  }
  return date_;
}

}  // namespace ddblog::server
