#include "base/task_thread.h"

#include <utility>

namespace ddblog {

void TaskThread::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notifyAll();
  if (thread_.joinable()) thread_.join();
}

void TaskThread::post(Task task) {
  {
    MutexLock lock(mutex_);
    if (stopping_) return;
    waiting_.push_back(std::move(task));
  }
  changed_.notifyAll();
}

void TaskThread::postNext(Task task) {
  {
    MutexLock lock(mutex_);
    if (stopping_) return;
    waiting_.push_front(std::move(task));
  }
  changed_.notifyAll();
}

void TaskThread::run() {
  MutexLock lock(mutex_);
  while (true) {
    while (waiting_.empty() && !stopping_) changed_.wait(lock);
    if (waiting_.empty()) return;
    {
      const Task task = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      task();
    }
    lock.lock();
  }
}

}  // namespace ddblog
