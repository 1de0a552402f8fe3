// How a connection waits: for memory, a body before it is read and a large request before it is executed; and
// while the APIs are replaced.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "server/connection.h"

namespace ddblog::server {

namespace {

constexpr std::size_t kLargestRatio = 1032;  // of deflate's input to its output

}  // namespace

// Parks the chain until `proceed`, which gets a share of the budget, runs on the connection's
// thread.
void Connection::park(MemoryBudget& budget, std::size_t bytes, Proceed proceed) {
  setDeadline(core_->options.wait_timeout);
  {
    MutexLock lock(mutex_);
    if (phase_ == Phase::kClosed) return;  // ended from outside, between two waits
    phase_ = Phase::kHandling;
  }
  budget.take(bytes, [self = shared_from_this(), proceed = std::move(proceed)](MemoryBudget::Share share) {
    if (self->core_->is_over) return;
    // Asio copies what it is given.
    auto shared = std::make_shared<MemoryBudget::Share>(std::move(share));
    asio::post(self->socket_.get_executor(), [self, proceed, shared] {
      {
        MutexLock lock(self->mutex_);
        if (self->phase_ == Phase::kClosed) return;
        self->clearDeadline();
      }
      proceed(*self, std::move(*shared));
    });
  });
}

// The memory that a body may need: itself, and what it may be when it is decompressed.
std::size_t Connection::bodyMemory() const {
  const std::size_t limit = core_->options.body_limit;
  const std::size_t arrived = parser_.body().size();
  std::size_t sent = parser_.contentLength().value_or(arrived);
  if (!parser_.contentLength() && arrived > limits::kSmallBody) sent = limit;  // in chunks
  if (parser_.head().content_encoding.empty()) return sent;
  return sent + std::min(limit, sent * kLargestRatio);
}

// True: the body waits for its turn. It takes all the memory that it may need at once.
bool Connection::waitForBodyMemory() {
  if (!parser_.isHeadDone() || body_share_.bytes() > 0) return false;
  // How long a body in chunks becomes is unknown while little of it is there. If that was all, its
  // memory is taken when it is complete (dispatch).
  if (!parser_.contentLength() && parser_.body().size() <= limits::kSmallBody) return false;
  const std::size_t bytes = bodyMemory();
  if (bytes <= limits::kSmallBody) return false;
  if (!listener_->entrance().tag.empty()) {
    body_share_ = core_->bodies.overdraw(bytes);
    return false;
  }
  park(core_->bodies, bytes, [](Connection& self, MemoryBudget::Share share) {
    {
      MutexLock lock(self.mutex_);
      if (self.phase_ == Phase::kClosed) return;
      self.phase_ = Phase::kTransfer;
    }
    self.body_share_ = std::move(share);
    self.parser_.reserveBody(self.parser_.contentLength().value_or(0));
    self.moved();
    self.holds_ = &self.core_->bodies;
    self.setDeadline(self.core_->options.request_timeout);
    if (!self.readMoreOfBody()) self.close();
  });
  return true;
}

void Connection::waitForAnswerMemory(std::shared_ptr<RoutedRequest> route) {
  const std::size_t bytes = route->largest_answer;
  if (bytes == 0) return executeLarge(std::move(route));
  park(core_->answers, bytes, [route = std::move(route)](Connection& self, MemoryBudget::Share share) {
    self.answer_share_ = std::move(share);
    self.executeLarge(route);
  });
}

// The rest of the chain, until the answer is sent or waits for the client, runs on that thread.
void Connection::executeLarge(std::shared_ptr<RoutedRequest> route) {
  {
    MutexLock lock(mutex_);
    if (phase_ == Phase::kClosed) return;
    phase_ = Phase::kHandling;
    clearDeadline();
  }
  asio::post(core_->largeRequests(), [self = shared_from_this(), route = std::move(route)] {
    {
      MutexLock lock(self->mutex_);
      if (self->phase_ == Phase::kClosed) return;
    }
    if (!self->execute(std::move(*route))) return;
    asio::post(self->socket_.get_executor(), [self] { self->serveBuffered(); });
  });
}

void Connection::waitAtGate() {
  setDeadline(core_->options.wait_timeout);
  if (!enter(Phase::kHandling)) return;
  core_->gate.whenOpen([self = shared_from_this()] {
    if (self->core_->is_over) return;
    asio::post(self->socket_.get_executor(), [self] {
      self->clearDeadline();
      if (self->enter(Phase::kTransfer) && self->dispatch()) self->serveBuffered();
    });
  });
}

}  // namespace ddblog::server
