// Bodies that a connection passes on as they come: of requests (a handler reads while the client sends)
// and of responses (the client reads while a handler writes). Whoever is slow makes the other one wait.
#include <boost/asio/post.hpp>
#include <cstdio>
#include <utility>

#include "server/connection.h"

namespace ddblog::server {

namespace {

constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string chunkHead(std::size_t bytes) {
  char head[32];
  std::snprintf(head, sizeof head, "%zx\r\n", bytes);
  return head;
}

}  // namespace

// Runs the step on the connection's thread, unless the connection is closed then.
rpc::BodySource::Ready Connection::onThread(void (Connection::*step)()) {
  return [weak = weak_from_this(), step] {
    const auto self = weak.lock();
    if (!self || self->core_->is_over) return;
    asio::post(self->socket_.get_executor(), [self, step] {
      if (self->enter(Phase::kTransfer)) (self.get()->*step)();
    });
  };
}

// True: the request's head is there, and its handler gets the body as it arrives.
bool Connection::beginStream() {
  if (is_head_checked_ || !parser_.isHeadDone() || listener_->entrance().tag.empty()) return false;
  RoutedRequest route = core_->router.route(parser_.head(), listener_->entrance(), true);
  if (!route.streams || !route.handler) return false;
  startStream(std::move(route));
  return true;
}

void Connection::startStream(RoutedRequest&& route) {
  is_head_checked_ = true;
  prepareResponse(route);
  arriving_ = std::make_shared<Arriving>();
  route.request.stream = arriving_->body;
  rpc::Callback respond = [weak = weak_from_this(), weak_arriving = std::weak_ptr(arriving_)](rpc::Outcome outcome) {
    const auto self = weak.lock();
    const auto arriving = weak_arriving.lock();
    if (!self || !arriving || self->core_->is_over) return;
    asio::post(self->socket_.get_executor(),
               [self, arriving, outcome = std::move(outcome)] { self->answerStream(arriving, outcome); });
  };
  try {
    (*route.handler)(std::move(route.request), std::move(respond));
  } catch (...) {
    arriving_->outcome = std::current_exception();
  }
}

// Passes on what has arrived of the body. False: the chain continues later.
bool Connection::passOn(bool is_complete) {
  const std::shared_ptr<Arriving> arriving = arriving_;
  std::string bytes = std::move(parser_.body());
  parser_.body().clear();
  if (is_complete) {
    rpc::BodySource::Ready ignored = [] {};  // there is no more to write
    if (!bytes.empty()) arriving->body->write(bytes, ignored);
    Headers trailers = std::move(parser_.trailers());
    parser_.reset();
    has_begun_ = false;
    has_sent_continue_ = false;
    is_head_checked_ = false;
    if (!enter(Phase::kHandling)) return false;
    arriving->is_complete = true;
    arriving->body->end(std::move(trailers));
    if (arriving->outcome) return finishStream();
    sendHeld();
    return false;
  }
  if (bytes.empty()) return true;
  if (!enter(Phase::kHandling)) return false;
  // Where there is no room, readOn follows on this thread.
  return arriving->body->write(bytes, onThread(&Connection::readOn)) && enter(Phase::kTransfer);
}

void Connection::readOn() {
  if (!readMoreOfBody()) close();
}

void Connection::answerStream(const std::shared_ptr<Arriving>& arriving, rpc::Outcome outcome) {
  if (arriving != arriving_) return;
  arriving->outcome = std::move(outcome);
  if (arriving->is_complete && finishStream()) serveBuffered();
}

bool Connection::finishStream() {
  const std::shared_ptr<Arriving> arriving = std::exchange(arriving_, nullptr);
  return finish(std::move(*arriving->outcome));
}

// Sends what the response's stream has. True: all is sent. False: the chain continues later or has
// ended.
bool Connection::sendStream() {
  while (outgoing_) {
    if (!enter(Phase::kHandling)) return false;
    clearDeadline();
    std::string bytes;
    const rpc::BodySource::State state = outgoing_->read(bytes, onThread(&Connection::sendOn));
    if (state == rpc::BodySource::State::kWaits) return false;  // sendOn may run already
    if (!enter(Phase::kTransfer)) return false;
    if (state == rpc::BodySource::State::kBroken) {
      close();
      return false;
    }
    const bool is_end = state == rpc::BodySource::State::kEnd;
    response_ = EncodedResponse();
    if (!encoding_.is_http_1_0) response_.head = is_end ? kLastChunk : chunkHead(bytes.size());
    response_.body = std::move(bytes);
    if (!encoding_.is_http_1_0 && !is_end) response_.body += "\r\n";
    if (is_end) outgoing_ = nullptr;
    if (!writeNow()) return false;
    answer_share_.release();
    holds_ = nullptr;
  }
  return true;
}

void Connection::sendOn() {
  if (onWritten()) serveBuffered();
}

}  // namespace ddblog::server
