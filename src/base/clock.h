// Time, passed in. Nothing that ages or waits in the cloud's data asks another clock, and nothing
// sleeps. (Limits of the server and the log's time of day are the machine's.)
//
// There are two notions of time, and the compiler keeps them apart:
//
//   Timestamp    the time of day. People and AWS's API see it: when an event happened, when an item
//                expires, signatures. It jumps when somebody sets the machine's clock.
//   RunningTime  the time in which the cloud ran. Everything that ages or waits is measured in it:
//                retries, retention, ages of invocations, intervals of sweepers. It only goes on
//                while the program runs: not while it is stopped, killed or suspended, nor while
//                the machine sleeps. So nothing expires because nobody was there to deliver it.
//
// A thread that waits for a point in the running time waits through the clock, on its own mutex and
// condition variable. It wakes when it is notified and when the clock moves past its deadline
// (tests, POST /_local/clock).
//
// Thread safety: everything here may be called from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/thread_annotations.h"

namespace ddblog {

using Duration = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;  // UTC

// Only its own kind can be compared with it or subtracted from it. Its origin means nothing; a clock
// begins it at its time of day.
struct RunningTimeScale {};
using RunningTime = std::chrono::time_point<RunningTimeScale, Duration>;

class Clock {
 public:
  virtual ~Clock() = default;

  virtual Timestamp now() const = 0;
  virtual RunningTime runningTime() const = 0;

  // Waits until `condition` is notified, the running time reaches `deadline`, or the clock is moved.
  // Spurious wakeups are possible, so the caller checks its condition again. `lock` must hold the
  // mutex of `condition`. RunningTime::max() waits for a notification only.
  virtual void wait(MutexLock& lock, CondVar& condition, RunningTime deadline) = 0;
};

// Where a clock gets the time from.
struct TimeSource {
  std::function<Timestamp()> time_of_day;
  std::function<std::chrono::steady_clock::time_point()> steady;
};
TimeSource systemTime();

// The offline cloud's clock: the system's times plus an adjustable offset. With Start::kFrozen, time
// stands still unless it is moved: the clock for tests.
//
// The running time is counted by the system's steady clock, which stands still while the machine
// sleeps. Between two readings it goes on by kLongestStep at most: if the steady clock says more,
// the process did not run in between (it was suspended, or its virtual machine was). So somebody
// must read the clock at least that often, for it to count all the time; whoever waits does.
class AdjustableClock : public Clock {
 public:
  enum class Start { kSystemTime, kFrozen };
  static constexpr std::chrono::minutes kLongestStep{2};

  explicit AdjustableClock(Start start = Start::kSystemTime,
                           Timestamp frozen_at = Timestamp(Duration(1'767'225'600'000)));
  explicit AdjustableClock(TimeSource source);
  ~AdjustableClock() override;

  Timestamp now() const override;
  RunningTime runningTime() const override;
  void wait(MutexLock& lock, CondVar& condition, RunningTime deadline) override;

  // Moves both times forward by `step`, or only the time of day back (what has aged stays old, and
  // what waits does not wait longer). Wakes everyone who waits through the clock.
  void move(Duration step);

  // Sets the running time, to go on from where an earlier run has stopped.
  void continueFrom(RunningTime reached);

 private:
  struct State;
  void wakeAll();

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
