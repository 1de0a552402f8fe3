// The offline cloud's clock, which people set: an AdjustableClock whose time of day can be another one, or
// stand still.
//
// The time of day alone may be frozen: nothing gets another time stamp and no schedule becomes due, while
// retries, windows and long polls go on, because they wait in the running time. It moves with move().
//
// It also says when somebody who was at work rests: when a thread begins to wait through it.
//
// Thread safety: any thread.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "base/thread_annotations.h"

namespace ddblog {

class CloudClock : public Clock {
 public:
  // What the time of day is.
  struct TimeOfDay {
    Duration offset{0};                       // from the machine's; meaningless while it stands
    std::optional<Timestamp> stands_at = {};  // std::nullopt: it goes on
  };

  // `machine`: the clock that shows the machine's time of day; it must outlive this. `start`: of the running
  // time; kFrozen for tests.
  explicit CloudClock(const Clock& machine, AdjustableClock::Start start = AdjustableClock::Start::kSystemTime)
      : machine_(machine), running_(start) {}

  Timestamp now() const override;
  RunningTime runningTime() const override { return running_.runningTime(); }
  void wait(MutexLock& lock, CondVar& condition, RunningTime deadline) override;

  // As AdjustableClock::move.
  void move(Duration step);
  TimeOfDay timeOfDay() const;
  void setTimeOfDay(const TimeOfDay& time);
  // Stops the time of day where it is, or lets it go on from there.
  void freeze(bool freeze);

  // The clock that it is made of, whose running time goes on from where an earlier run has stopped.
  AdjustableClock& running() { return running_; }

  // `listener` is called each time a thread begins to wait, with that thread's lock held: so it must only
  // set a flag or notify. There is one listener; nullptr: none. When this returns, the former one is not
  // running any more.
  void listenToWaits(std::function<void()> listener);

 private:
  const Clock& machine_;
  AdjustableClock running_;
  mutable Mutex mutex_;
  TimeOfDay time_ GUARDED_BY(mutex_);
  Mutex listening_;  // held while the listener runs
  std::function<void()> listener_ GUARDED_BY(listening_);
  std::atomic<bool> has_listener_ = false;
};

}  // namespace ddblog
