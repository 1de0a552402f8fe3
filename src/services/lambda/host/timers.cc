#include "services/lambda/host/timers.h"

namespace ddblog::lambda {

Timers::Timers(Clock& clock) : clock_(clock), thread_([this] { run(); }) {}

Timers::~Timers() { stop(); }

Timers::Id Timers::at(RunningTime when, std::function<void()> action) {
  MutexLock lock(mutex_);
  const Id id = ++last_id_;
  by_id_[id] = due_.emplace(when, std::pair(id, std::move(action)));
  // A timer that is later than the thread's next wakeup need not wake it: most time limits are
  // cancelled.
  if (when < waiting_until_) changed_.notifyOne();
  return id;
}

void Timers::cancel(Id id) {
  MutexLock lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  due_.erase(found->second);
  by_id_.erase(found);
}

void Timers::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notifyOne();
  }
  if (thread_.joinable()) thread_.join();
}

void Timers::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (!due_.empty() && due_.begin()->first <= clock_.runningTime()) {
      auto [id, action] = std::move(due_.begin()->second);
      due_.erase(due_.begin());
      by_id_.erase(id);
      lock.unlock();
      action();
      lock.lock();
      continue;
    }
    waiting_until_ = due_.empty() ? RunningTime::max() : due_.begin()->first;
    clock_.wait(lock, changed_, waiting_until_);
    waiting_until_ = RunningTime::min();  // awake: nobody needs to wake it
  }
}

}  // namespace ddblog::lambda
