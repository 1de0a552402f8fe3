// The two times of the clock: the time of day jumps, the running time does not.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/sweeper.h"
#include "base/thread_annotations.h"

namespace ddblog {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A machine whose times the test sets.
struct Machine {
  TimeSource source() {
    return {[this] { return time_of_day; }, [this] { return steady; }};
  }
  void run(Duration time) {
    time_of_day += time;
    steady += time;
  }

  Timestamp time_of_day = fromIso8601("2026-01-01T00:00:00Z");
  std::chrono::steady_clock::time_point steady;
};

TEST(TheRunningTime, GoesOnWithTheMachine) {
  Machine machine;
  AdjustableClock clock(machine.source());
  const RunningTime start = clock.runningTime();
  machine.run(minutes(1));
  EXPECT_EQ(clock.runningTime() - start, minutes(1));
}

TEST(TheRunningTime, DoesNotFollowTheTimeOfDay) {
  Machine machine;
  AdjustableClock clock(machine.source());
  const RunningTime start = clock.runningTime();
  for (const hours jump : {hours(25), hours(-1)}) {
    const Timestamp before = clock.now();
    machine.time_of_day += jump;
    EXPECT_EQ(clock.now() - before, jump);
    EXPECT_EQ(clock.runningTime(), start);
  }
}

TEST(TheRunningTime, StandsStillWhileTheProcessIsSuspended) {
  Machine machine;
  AdjustableClock clock(machine.source());
  const RunningTime start = clock.runningTime();
  machine.run(hours(25));
  EXPECT_LE(clock.runningTime() - start, AdjustableClock::kLongestStep);
  machine.run(minutes(1));
  EXPECT_LE(clock.runningTime() - start, AdjustableClock::kLongestStep + minutes(1));
}

TEST(TheRunningTime, LosesNothingBetweenReadings) {
  Machine machine;
  AdjustableClock clock(machine.source());
  const RunningTime start = clock.runningTime();
  for (int i = 0; i < 1000; ++i) {
    machine.steady += std::chrono::microseconds(999);
    clock.runningTime();
  }
  EXPECT_EQ(clock.runningTime() - start, Duration(999));
}

TEST(TheRunningTime, IsMovedWithTheTimeOfDay) {
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  const Timestamp day = clock.now();
  const RunningTime running = clock.runningTime();
  clock.move(hours(2));
  EXPECT_EQ(clock.now() - day, hours(2));
  EXPECT_EQ(clock.runningTime() - running, hours(2));
}

TEST(TheRunningTime, IsNotMovedBack) {
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  const Timestamp day = clock.now();
  const RunningTime running = clock.runningTime();
  clock.move(-minutes(30));
  EXPECT_EQ(clock.now() - day, -minutes(30));
  EXPECT_EQ(clock.runningTime(), running);
}

TEST(TheRunningTime, IsMovedByCenturies) {
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  const RunningTime start = clock.runningTime();
  for (int i = 0; i < 4; ++i) clock.move(hours(24 * 36525));
  EXPECT_EQ(clock.runningTime() - start, hours(4 * 24 * 36525));
}

// A sweeper that sweeps once a minute.
class ASweeper : public testing::Test {
 protected:
  RunningTime sweep(const AdjustableClock& clock) {
    MutexLock lock(mutex_);
    ++sweeps_;
    changed_.notifyAll();
    return clock.runningTime() + minutes(1);
  }
  bool sweptTimes(int times) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    MutexLock lock(mutex_);
    while (sweeps_ < times && std::chrono::steady_clock::now() < limit) changed_.waitUntil(lock, limit);
    return sweeps_ >= times;
  }

  Mutex mutex_;
  CondVar changed_;
  int sweeps_ = 0;
};

TEST_F(ASweeper, GoesOnWhenTheTimeOfDayIsSetBack) {
  Machine machine;
  AdjustableClock clock(machine.source());
  Sweeper sweeper(
      clock, [](std::string_view) {}, [&] { return sweep(clock); });
  ASSERT_TRUE(sweptTimes(1));
  clock.move(-hours(1));
  clock.continueFrom(clock.runningTime() + minutes(1));  // the running time goes on
  EXPECT_TRUE(sweptTimes(2));
}

TEST(TheRunningTime, GoesOnFromWhereAnEarlierRunStopped) {
  Machine machine;
  AdjustableClock clock(machine.source());
  const RunningTime reached(Duration(12'345));
  clock.continueFrom(reached);
  machine.run(minutes(1));
  EXPECT_EQ(clock.runningTime() - reached, minutes(1));
}

}  // namespace
}  // namespace ddblog
