// Runs actions at a given time of the Clock: time limits of invocations, the end of idle processes,
// back-off.
//
// One thread runs them one after another; they must be quick. When the clock is moved, due timers
// run at once. Thread safety: all methods may be called from any thread, also from within a timer
// (except stop).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <thread>
#include <unordered_map>

#include "base/clock.h"
#include "base/thread_annotations.h"

namespace ddblog::lambda {

class Timers {
 public:
  using Id = std::uint64_t;  // never 0

  explicit Timers(Clock& clock);
  ~Timers();

  Id at(RunningTime when, std::function<void()> action);
  // Cancels a timer; a running one is not interrupted. Unknown ids are ignored.
  void cancel(Id id);
  // Ends the thread; pending timers are dropped.
  void stop();

 private:
  using Order = std::multimap<RunningTime, std::pair<Id, std::function<void()>>>;
  void run();

  Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  Order due_ GUARDED_BY(mutex_);
  std::unordered_map<Id, Order::iterator> by_id_ GUARDED_BY(mutex_);
  Id last_id_ GUARDED_BY(mutex_) = 0;
  RunningTime waiting_until_ GUARDED_BY(mutex_) = RunningTime::max();
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ddblog::lambda
