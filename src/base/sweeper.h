// A thread that comes back when there is something to clear away: expired items, trimmed change records.
//
// Waits through the clock, so that it comes at once when a test moves the clock past what it waits for. What a sweep
// throws (the store cannot write) is not fatal: it is said in a line, and the thread comes back a minute later.
// A sweep does not take long: what is more comes in the next one, so that the thread can be ended in between.
// Thread safety: the constructor starts the thread, the destructor ends it after the sweep that is running.
#pragma once

#include <functional>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/thread_annotations.h"

namespace ddblog {

class Sweeper {
 public:
  using Warn = std::function<void(std::string_view line)>;  // called on the thread

  // `sweep` does what is due and returns when to come back.
  Sweeper(Clock& clock, Warn warn, std::function<Timestamp()> sweep);
  ~Sweeper();
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

 private:
  void run();

  Clock& clock_;
  const Warn warn_;
  const std::function<Timestamp()> sweep_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ddblog
