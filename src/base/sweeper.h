// A thread that runs a sweep whenever one is due: deletes expired items, trims change records.
//
// It waits through the clock, so a test that moves the clock past the due time wakes it. If a sweep
// throws (the store cannot write), the thread logs one line and tries again one minute later. A
// sweep does a bounded amount of work and leaves the rest to the next one, so the thread can stop
// in between.
//
// Thread safety: the constructor starts the thread; the destructor stops it after the running
// sweep.
#pragma once

#include <functional>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/thread_annotations.h"

namespace ddblog {

class Sweeper {
 public:
  using Warn = std::function<void(std::string_view line)>;  // called on the sweeper's thread

  // `sweep` does the work that is due and returns the running time of the next run.
  Sweeper(Clock& clock, Warn warn, std::function<RunningTime()> sweep);
  ~Sweeper();
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

 private:
  void run();

  Clock& clock_;
  const Warn warn_;
  const std::function<RunningTime()> sweep_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ddblog
