// Time, passed in. Nothing else in this project asks the operating system for the time of day, and
// nothing sleeps.
//
// A thread that waits for a point in time waits through the clock, on its own mutex and condition
// variable. It wakes when it is notified and when the clock moves past its deadline (tests, POST
// /_local/clock).
//
// Thread safety: everything here may be called from any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/thread_annotations.h"

namespace ddblog {

using Duration = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;  // UTC

class Clock {
 public:
  virtual ~Clock() = default;

  virtual Timestamp now() const = 0;

  // Waits until `condition` is notified, this clock reaches `deadline`, or the clock is moved.
  // Spurious wakeups are possible, so the caller checks its condition again. `lock` must hold the
  // mutex of `condition`. Timestamp::max() waits for a notification only.
  virtual void wait(MutexLock& lock, CondVar& condition, Timestamp deadline) = 0;
};

// The offline cloud's clock: the system time plus an adjustable offset. With Start::kFrozen, time
// stands still unless it is moved: the clock for tests.
class AdjustableClock : public Clock {
 public:
  enum class Start { kSystemTime, kFrozen };

  explicit AdjustableClock(Start start = Start::kSystemTime,
                           Timestamp frozen_at = Timestamp(Duration(1'767'225'600'000)));
  ~AdjustableClock() override;

  Timestamp now() const override;
  void wait(MutexLock& lock, CondVar& condition, Timestamp deadline) override;

  // Moves the clock by `step` (forward or back) and wakes everyone who waits through it.
  void move(Duration step);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// "2026-11-22T09:00:00.000Z" with milliseconds, "2026-11-22T09:00:00Z" without.
std::string toIso8601(Timestamp time, bool milliseconds);

// Parses ISO 8601 with "Z" or an offset, with or without fractions of a second, or a bare date (midnight UTC).
// Throws std::invalid_argument.
Timestamp fromIso8601(std::string_view text);

// Seconds since the epoch with milliseconds, as AWS's JSON protocols write times ("1767225600.123").
double toEpochSeconds(Timestamp time);

}  // namespace ddblog
