// What other threads do to a connection: they end it, and ask whether its client is still there.
#include <sys/socket.h>

#include <cerrno>

#include "server/connection.h"

namespace ddblog::server {

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

bool Connection::isLate(SteadyTime now) const {
  const SteadyTime::rep time = now.time_since_epoch().count();
  if (time > deadline_.load(std::memory_order_relaxed)) return true;
  const MemoryBudget* budget = holds_.load(std::memory_order_relaxed);
  const auto stalled = SteadyTime::duration(time - moved_.load(std::memory_order_relaxed));
  return budget && budget->isWanted() && stalled > core_->options.stall_timeout;
}

void Connection::endIfLate(SteadyTime now) {
  {
    MutexLock lock(mutex_);
    if (phase_ == Phase::kClosed || !isLate(now)) return;
    if (phase_ == Phase::kTransfer) {
      ::shutdown(descriptor_, SHUT_RDWR);
      return;
    }
  }
  end();  // it waits for memory
}

SteadyTime::rep Connection::idleSince() const {
  const auto& options = core_->options;
  const std::chrono::milliseconds time_limit =
      has_served_.load(std::memory_order_relaxed) ? options.idle_timeout : options.request_timeout;
  return deadline_.load(std::memory_order_relaxed) - SteadyTime::duration(time_limit).count();
}

void Connection::giveWay() {
  gives_way_ = true;
  endIfIdle();
}

void Connection::endIfIdle() {
  MutexLock lock(mutex_);
  if (phase_ == Phase::kTransfer && is_idle_) ::shutdown(descriptor_, SHUT_RD);
}

bool Connection::isWaitingFor(const std::string& request_id) {
  MutexLock lock(mutex_);
  if (phase_ != Phase::kHandling || handled_ != request_id) return false;
  char next = 0;
  const ssize_t read = ::recv(descriptor_, &next, 1, MSG_PEEK | MSG_DONTWAIT);
  return read > 0 || (read < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
}

}  // namespace ddblog::server
