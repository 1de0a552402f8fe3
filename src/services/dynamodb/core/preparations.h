// The thread that computes the outcomes of writes of large items ahead of their commands
// (items/prepared_operation.h), and how many outcomes may wait for the writer.
//
// An outcome has megabytes, and the thread could compute thousands of them while the writer waits for
// the disk. So it takes a place for each, and waits while all are taken.
//
// Thread safety: all methods may be called from any thread, except where noted.
#pragma once

#include <utility>

#include "base/task_thread.h"
#include "base/thread_annotations.h"

namespace ddblog::dynamodb {

class Preparations {
 public:
  // As those of TaskThread.
  void post(TaskThread::Task task) { thread_.post(std::move(task)); }
  void postNext(TaskThread::Task task) { thread_.postNext(std::move(task)); }
  void stop() { thread_.stop(); }

  // Waits until there is a place, so it is for the thread itself. The writer gives it back.
  void takePlace() {
    MutexLock lock(mutex_);
    while (taken_ == kPlaces) changed_.wait(lock);
    ++taken_;
  }
  void giveBackPlace() {
    {
      MutexLock lock(mutex_);
      --taken_;
    }
    changed_.notifyAll();
  }

 private:
  static constexpr int kPlaces = 8;  // ours; more than the thread computes while one batch is committed

  Mutex mutex_;
  CondVar changed_;
  int taken_ GUARDED_BY(mutex_) = 0;
  TaskThread thread_;
};

}  // namespace ddblog::dynamodb
