// The offline cloud's clock: a time of day that people set, and a running time that only goes on.
#include "base/cloud_clock.h"

#include <gtest/gtest.h>

#include <thread>

namespace ddblog {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class CloudClockTest : public testing::Test {
 protected:
  AdjustableClock machine_{AdjustableClock::Start::kFrozen};
  CloudClock clock_{machine_, AdjustableClock::Start::kFrozen};
  const Timestamp start_ = machine_.now();
};

TEST_F(CloudClockTest, ShowsTheMachinesTimeUntilItIsMoved) {
  machine_.move(hours(1));
  EXPECT_EQ(clock_.now(), start_ + hours(1));
  clock_.move(hours(2));
  machine_.move(seconds(1));
  EXPECT_EQ(clock_.now(), start_ + hours(3) + seconds(1));
  EXPECT_EQ(clock_.timeOfDay().offset, hours(2));
}

TEST_F(CloudClockTest, StandsStillWhenItIsFrozenUntilItIsMoved) {
  clock_.freeze(true);
  machine_.move(hours(1));
  EXPECT_EQ(clock_.now(), start_);
  const RunningTime running = clock_.runningTime();
  clock_.move(hours(5));
  EXPECT_EQ(clock_.now(), start_ + hours(5));
  EXPECT_EQ(clock_.runningTime(), running + hours(5));
  clock_.freeze(false);
  machine_.move(seconds(1));
  EXPECT_EQ(clock_.now(), start_ + hours(5) + seconds(1));
  EXPECT_EQ(clock_.timeOfDay().offset, hours(4));
}

TEST_F(CloudClockTest, GoesBackToTheMachinesTimeOfDayWithoutGettingYounger) {
  clock_.move(hours(5));
  const RunningTime running = clock_.runningTime();
  clock_.setTimeOfDay({});
  EXPECT_EQ(clock_.now(), machine_.now());
  EXPECT_EQ(clock_.runningTime(), running);
}

TEST_F(CloudClockTest, SaysWhenSomebodyBeginsToWait) {
  Mutex mutex;
  CondVar condition;
  bool waits = false;
  clock_.listenToWaits([&] { waits = true; });
  {
    MutexLock lock(mutex);
    clock_.wait(lock, condition, clock_.runningTime());
  }
  EXPECT_TRUE(waits);
  clock_.listenToWaits(nullptr);
  waits = false;
  MutexLock lock(mutex);
  clock_.wait(lock, condition, clock_.runningTime());
  EXPECT_FALSE(waits);
}

}  // namespace
}  // namespace ddblog
