// A thread that runs tasks, one after another.
//
// For work that takes long and that no thread with other duties should do. The number of waiting
// tasks is the callers' to bound.
//
// Thread safety: post() may be called from any thread, stop() from one that is not this one.
#pragma once

#include <deque>
#include <functional>
#include <thread>

#include "base/thread_annotations.h"

namespace ddblog {

class TaskThread {
 public:
  // Does not throw.
  using Task = std::function<void()>;

  TaskThread() : thread_([this] { run(); }) {}
  ~TaskThread() { stop(); }
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

  // After stop() they do nothing. postNext: before the tasks that wait.
  void post(Task task);
  void postNext(Task task);
  // Runs the tasks that still wait, then ends the thread.
  void stop();

 private:
  void run();

  Mutex mutex_;
  CondVar changed_;
  std::deque<Task> waiting_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ddblog
