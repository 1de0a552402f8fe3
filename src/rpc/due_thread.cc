#include "rpc/due_thread.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace ddblog::rpc {

void DueThread::start(CommitNotifier& commits) {
  if (thread_.joinable()) return;
  subscription_ = commits.listen([this] {
    MutexLock lock(mutex_);
    woken_ = true;
    changed_.notifyAll();
  });
  MutexLock lock(mutex_);
  is_running_ = true;
  thread_ = std::thread([this] { run(); });
}

void DueThread::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notifyAll();
  }
  if (thread_.joinable()) thread_.join();
  subscription_ = {};
}

Activity DueThread::activity() const {
  Activity activity;
  MutexLock lock(mutex_);
  activity.changes = changes_;
  if (!is_running_ || stopping_) return activity;
  if (woken_ || rests_until_ <= clock_.runningTime()) {
    activity.busy_with.push_back(words_.busy);
  } else {
    activity.next_due = rests_until_;
  }
  return activity;
}

void DueThread::run() {
  bool must_look = false;  // at what was committed: the work has not done so yet
  MutexLock lock(mutex_);
  while (!stopping_) {
    must_look |= std::exchange(woken_, false);
    rests_until_ = RunningTime::min();
    lock.unlock();
    Next next{};
    const bool worked = doWork(must_look, next);
    if (worked) must_look = false;
    lock.lock();
    rests_until_ = next.due;
    ++changes_;
    const RunningTime until = std::min(next.due, next.look_again);
    while (!stopping_ && (!woken_ || !worked) && clock_.runningTime() < until) clock_.wait(lock, changed_, until);
  }
}

bool DueThread::doWork(bool woken, Next& next) {
  try {
    next = work_(woken);
    if (std::exchange(was_failing_, false)) warn_(words_.name + ": work again");
    return true;
  } catch (const std::exception& error) {
    next = {clock_.runningTime() + kAfterFailure};
    if (!std::exchange(was_failing_, true)) warn_(words_.name + ": failed, trying again: " + error.what());
    return false;
  }
}

}  // namespace ddblog::rpc
