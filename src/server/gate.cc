#include "server/gate.h"

namespace ddblog::server {

// Counted first: so close() either sees it inside, or it sees that the gate is closed.
Gate::Pass Gate::enter() {
  inside_.fetch_add(1);
  Pass pass(*this);
  return is_closed_.load() ? Pass() : std::move(pass);
}

void Gate::leave() {
  inside_.fetch_sub(1);
  if (!is_closed_.load()) return;
  MutexLock lock(mutex_);
  left_.notifyAll();
}

void Gate::whenOpen(std::function<void()> enter) {
  {
    MutexLock lock(mutex_);
    if (is_closed_.load()) {
      waiting_.push_back(std::move(enter));
      return;
    }
  }
  enter();
}

bool Gate::close(std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  MutexLock lock(mutex_);
  is_closed_.store(true);
  while (inside_.load() > 0) {
    if (!left_.waitUntil(lock, until)) return inside_.load() == 0;
  }
  return true;
}

void Gate::open() {
  std::vector<std::function<void()>> waiting;
  {
    MutexLock lock(mutex_);
    is_closed_.store(false);
    waiting.swap(waiting_);
  }
  for (const auto& enter : waiting) enter();
}

}  // namespace ddblog::server
