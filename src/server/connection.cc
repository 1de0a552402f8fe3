#include "server/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/text.h"

namespace ddblog::server {

namespace {

constexpr std::size_t kReadBuffer = 16u << 10;
constexpr std::size_t kLargestReadBuffer = 256u << 10;  // while a large body arrives
constexpr std::size_t kProgress = 64u << 10;            // an answer that moves less stands still
constexpr std::size_t kHeldBytes = 4096;                // of responses that go out with the next one
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
      header_limit_(listener_->entrance().tag.empty() ? core_->options.header_limit : limits::kRuntimeHeaders),
      parser_(header_limit_, core_->options.body_limit),
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

// False: the connection is closed.
bool Connection::enter(Phase phase) {
  MutexLock lock(mutex_);
  if (phase_ == Phase::kClosed) return false;
  phase_ = phase;
  return true;
}

// The same, for request_id_.
bool Connection::enterHandler() {
  MutexLock lock(mutex_);
  if (phase_ == Phase::kClosed) return false;
  phase_ = Phase::kHandling;
  handled_ = request_id_;
  return true;
}

void Connection::clearDeadline() {
  deadline_.store(SteadyTime::max().time_since_epoch().count(), std::memory_order_relaxed);
}

void Connection::setDeadline(std::chrono::milliseconds time_limit) {
  // The connection is a function process's, and the process pool has time limits of its own.
  if (!listener_->entrance().tag.empty() && !is_refused_) return;
  deadline_.store((std::chrono::steady_clock::now() + time_limit).time_since_epoch().count(),
                  std::memory_order_relaxed);
}

void Connection::read() {
  if (!sendHeld()) {
    response_.head = std::exchange(held_, {});
    sent_ = 0;
    return writeRest();  // then reading goes on
  }
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
  if (gives_way_) gives_way_ = false;
  if (error) return close();  // also a half-closed connection: its requests have been answered by now
  end_ += count;
  serveBuffered();
}

// Executes the buffered requests one after another, as long as each is answered at once.
void Connection::serveBuffered() {
  if (listener_->isClosed() && !listener_->entrance().tag.empty()) return close();  // its API may be gone
  while (begin_ < end_) {
    std::size_t taken = 0;
    const auto state = parser_.parse(std::string_view(buffer_).substr(begin_, end_ - begin_), taken);
    begin_ += taken;
    if (state == RequestParser::State::kRefused) return refuse();
    if (state == RequestParser::State::kDone) {
      if (!(arriving_ ? passOn(true) : dispatch())) return;
      continue;
    }
    if (!has_begun_) setDeadline(core_->options.request_timeout);
    has_begun_ = true;
    if (holds_) moved();
    if (arriving_ || beginStream()) {
      if (passOn(false) && !readMoreOfBody()) close();
      return;
    }
    if (rejectByHead() || waitForBodyMemory()) return;
    if (!readMoreOfBody()) close();
    return;
  }
  begin_ = end_ = 0;
  if (buffer_.size() > kReadBuffer) {
    buffer_.resize(kReadBuffer);
    buffer_.shrink_to_fit();
  }
  read();
}

// Continues to read a request. False: the connection cannot be used any more.
bool Connection::readMoreOfBody() {
  if (!sendContinue()) return false;
  const std::size_t rest = end_ - begin_;
  if (rest > header_limit_) {  // a chunk header without an end
    refuse();
    return true;
  }
  const bool was_full = end_ == buffer_.size();
  std::copy(buffer_.begin() + begin_, buffer_.begin() + end_, buffer_.begin());
  if (was_full && rest == 0 && body_share_.bytes() > 0 && buffer_.size() < kLargestReadBuffer) {
    buffer_.resize(buffer_.size() * 2);
  }
  begin_ = 0;
  end_ = rest;
  read();
  return true;
}

void Connection::moved() {
  moved_.store(std::chrono::steady_clock::now().time_since_epoch().count(), std::memory_order_relaxed);
}

bool Connection::sendContinue() {
  if (has_sent_continue_ || !parser_.isHeadDone() || parser_.head().expect.empty()) return true;
  has_sent_continue_ = true;
  if (!expectsContinue(parser_.head())) return true;
  if (!held_.empty()) {
    held_ += kContinue;
    return true;
  }
  Error error;
  return socket_.write_some(asio::buffer(kContinue), error) == kContinue.size();
}

// Rejects a request before its body is received, if its head is enough for that. True: it did.
bool Connection::rejectByHead() {
  if (is_head_checked_ || !parser_.isHeadDone()) return false;
  is_head_checked_ = true;
  const Gate::Pass pass = core_->gate.enter();
  if (!pass) return false;  // it is rejected when the gate is open
  std::optional<RoutedRequest> route = core_->router.rejectByHead(parser_.head(), listener_->entrance());
  if (!route) return false;
  is_refused_ = true;
  setDeadline(core_->options.request_timeout);
  prepareResponse(*route);
  encoding_.keep_alive = false;
  send(std::move(route->response));
  return true;
}

void Connection::prepareResponse(const RoutedRequest& route) {
  const RequestHead& head = parser_.head();
  encoding_ = EncodingOptions();
  encoding_.is_http_1_0 = head.is_http_1_0;
  encoding_.keep_alive = head.keep_alive;
  encoding_.head_only = head.method == "HEAD";
  if (head.accept_encoding != accept_encoding_) {
    accept_encoding_ = head.accept_encoding;
    compression_ = acceptedCompression(accept_encoding_);
  }
  encoding_.compression = compression_;
  encoding_.expose_headers = route.expose_headers;
  encoding_.has_crc32 = route.has_crc32;
  protocol_ = route.protocol;
  content_type_ = route.content_type;
  request_id_ = route.request.request_id;
  allow_origin_ = route.allow_origin;
}

// False: the chain continues later or has ended.
bool Connection::dispatch() {
  holds_ = nullptr;
  Gate::Pass pass;
  if (listener_->entrance().tag.empty()) {
    pass = core_->gate.enter();
    if (!pass) {
      waitAtGate();
      return false;
    }
  }
  RoutedRequest route = core_->router.route(parser_.head(), listener_->entrance(), !parser_.body().empty());
  if (!route.outlasts) route.pass = std::move(pass);
  is_inside_ = static_cast<bool>(route.pass);
  if (route.streams && route.handler && !listener_->entrance().tag.empty()) {
    startStream(std::move(route));
    return passOn(true);
  }
  const bool is_large = bodyMemory() > limits::kLargeRequest || route.largest_answer > 0;
  if (!is_large || !listener_->entrance().tag.empty()) return execute(std::move(route));

  auto kept = std::make_shared<RoutedRequest>(std::move(route));
  if (body_share_.bytes() > 0 || bodyMemory() <= limits::kSmallBody) {
    waitForAnswerMemory(std::move(kept));
  } else {
    park(core_->bodies, bodyMemory(), [kept](Connection& self, MemoryBudget::Share share) {
      self.body_share_ = std::move(share);
      self.waitForAnswerMemory(kept);
    });
  }
  return false;
}

// False: the chain continues later or has ended.
bool Connection::execute(RoutedRequest&& route) {
  core_->router.takeBody(parser_.head(), std::move(parser_.body()), route);
  body_share_.shrink(route.waits ? 0 : route.request.body.size());
  prepareResponse(route);
  parser_.reset();
  has_begun_ = false;
  has_sent_continue_ = false;
  is_head_checked_ = false;
  if (!route.handler) return send(std::move(route.response));

  if (!enterHandler()) return false;
  clearDeadline();
  const auto exchange = std::make_shared<Exchange>(shared_from_this());
  exchange->pass = std::move(route.pass);
  try {
    (*route.handler)(std::move(route.request),
                     [exchange](rpc::Outcome outcome) { respond(exchange, std::move(outcome)); });
  } catch (...) {
    respond(exchange, std::current_exception());
  }
  if (!exchange->is_answered) sendHeld();  // what does not go out now goes out with the response
  if (exchange->state.exchange(Exchange::kHandlerReturned) != Exchange::kAnswered) return false;
  return finish(std::move(*exchange->outcome));
}

// Runs on any thread. The later one of the outcome and the handler's return continues the chain: on the
// connection's thread; but a function's process gets its invocation from the thread that has it, without a detour.
void Connection::respond(const std::shared_ptr<Exchange>& exchange, rpc::Outcome outcome) {
  if (exchange->is_answered.exchange(true)) return;
  exchange->outcome = std::move(outcome);
  if (exchange->state.exchange(Exchange::kAnswered) != Exchange::kHandlerReturned) return;
  Connection& connection = *exchange->connection;
  if (connection.core_->is_over) return;
  const auto goOn = [exchange] {
    if (exchange->connection->finish(std::move(*exchange->outcome))) exchange->connection->serveBuffered();
  };
  connection.listener_->entrance().tag.empty() ? asio::post(connection.socket_.get_executor(), goOn) : goOn();
}

bool Connection::finish(rpc::Outcome outcome) {
  rpc::Response response = outcome.isError() ? rpc::encodeException(*protocol_, outcome.error(), core_->options.log)
                                             : std::move(outcome).response();
  return send(std::move(response));
}

bool Connection::send(rpc::Response response) {
  is_inside_ = false;
  if (!enter(Phase::kTransfer)) return false;
  body_share_.release();
  if (response.content_type.empty() && protocol_) response.content_type = content_type_;
  encoding_.keep_alive = encoding_.keep_alive && !core_->is_stopping;
  encoding_.request_id = request_id_;
  encoding_.allow_origin = allow_origin_;
  encoding_.date = date();
  outgoing_ = encoding_.head_only ? nullptr : response.stream;
  // The end of the connection is that of the body.
  if (outgoing_ && encoding_.is_http_1_0) encoding_.keep_alive = false;
  response_ = encodeResponse(std::move(response), encoding_);
  return write();
}

// A function's process sends an answer together with its question for the next invocation. If that is
// there, one system call sends both responses, and the process wakes once.
bool Connection::holdBack() {
  const bool is_first_of_several = begin_ < end_ && !listener_->entrance().tag.empty();
  const std::size_t bytes = held_.size() + response_.head.size() + response_.body.size();
  if (!is_first_of_several || !encoding_.keep_alive || bytes > kHeldBytes || outgoing_) return false;
  held_.append(response_.head).append(response_.body);
  return true;
}

// Sends what is held back. False: the client must read first.
bool Connection::sendHeld() {
  if (held_.empty()) return true;
  MutexLock lock(mutex_);
  if (phase_ == Phase::kClosed) return true;
  const ssize_t sent = ::send(descriptor_, held_.data(), held_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) held_.erase(0, static_cast<std::size_t>(sent));
  return held_.empty();
}

// Most responses fit in the socket's buffer: one system call and no waiting.
bool Connection::write() {
  if (holdBack()) return onWritten();
  if (!held_.empty()) response_.head.insert(0, std::exchange(held_, {}));
  return writeNow() && onWritten();
}

// False: the rest is written later, or the chain has ended.
bool Connection::writeNow() {
  const std::array<asio::const_buffer, 2> whole = {asio::buffer(response_.head), asio::buffer(response_.body)};
  const std::size_t size = response_.head.size() + response_.body.size();
  Error error;
  sent_ = socket_.write_some(whole, error);
  if (error == asio::error::would_block) {
    sent_ = 0;
  } else if (error) {
    close();
    return false;
  }
  if (sent_ == size) return true;
  // What is made already is kept until the client takes it, but not without a limit. An invocation
  // that a function's process takes is not lost to what clients do not read.
  const bool is_of_client = listener_->entrance().tag.empty();
  if (answer_share_.bytes() == 0 || answer_share_.bytes() < size) {
    if (is_of_client && core_->answers.isExhausted()) {
      close();
      return false;
    }
    answer_share_ = core_->answers.overdraw(size);
  }
  answer_share_.shrink(size);
  moved();
  if (is_of_client) holds_ = &core_->answers;
  counted_ = sent_;
  if (!is_refused_) setDeadline(core_->options.request_timeout);
  writeRest();
  return false;
}

void Connection::writeRest() {
  if (sent_ >= counted_ + kProgress) {
    counted_ = sent_;
    moved();
    if (!is_refused_) setDeadline(core_->options.request_timeout);
  }
  const std::size_t of_head = std::min(sent_, response_.head.size());
  const std::array<asio::const_buffer, 2> rest = {asio::buffer(response_.head) + of_head,
                                                  asio::buffer(response_.body) + (sent_ - of_head)};
  socket_.async_write_some(rest, [self = shared_from_this()](const Error& failed, std::size_t count) {
    self->sent_ += count;
    if (failed) {
      self->close();
    } else if (self->sent_ < self->response_.head.size() + self->response_.body.size()) {
      self->writeRest();
    } else if (self->onWritten()) {
      self->serveBuffered();
    }
  });
}

bool Connection::onWritten() {
  holds_ = nullptr;
  answer_share_.release();
  response_ = EncodedResponse();
  if (outgoing_ && !sendStream()) return false;
  if (is_refused_) {
    drain();
    return false;
  }
  if (!encoding_.keep_alive) {
    close();
    return false;
  }
  setDeadline(core_->options.idle_timeout);
  has_served_.store(true, std::memory_order_relaxed);
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
  arriving_ = nullptr;
  // What has arrived is of no use, and does not count any more while the rest is drained.
  std::string().swap(parser_.body());
  buffer_.resize(kReadBuffer);
  buffer_.shrink_to_fit();
  begin_ = end_ = 0;
  holds_ = nullptr;
  setDeadline(core_->options.request_timeout);
  encoding_ = EncodingOptions();
  encoding_.keep_alive = false;
  protocol_ = nullptr;
  request_id_.clear();
  allow_origin_.clear();
  rpc::Response refusal;
  refusal.status = status;
  refusal.content_type = "text/plain; charset=utf-8";
  refusal.body = std::move(body);
  send(std::move(refusal));
}

// Closing a socket with unread data resets the connection, and the client might lose the response.
// So this reads and discards the rest of the request: for at most the request timeout, and no more
// than a request may have.
void Connection::drain() {
  Error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](const Error& error, std::size_t count) {
    self->drained_ += count;
    if (error || self->drained_ > self->core_->options.body_limit + self->header_limit_) {
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
