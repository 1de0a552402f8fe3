#include "services/lambda/host/timers.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace ddblog::lambda {
namespace {

TEST(TimersByTheClock, RunInTheOrderOfTheirTimesWhenTheClockIsMoved) {
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  Timers timers(clock);
  std::vector<int> ran;
  std::promise<void> last;
  timers.at(clock.runningTime() + Duration(200), [&] { ran.push_back(2); });
  timers.at(clock.runningTime() + Duration(100), [&] { ran.push_back(1); });
  const auto cancelled = timers.at(clock.runningTime() + Duration(150), [&] { ran.push_back(0); });
  timers.at(clock.runningTime() + Duration(300), [&] { last.set_value(); });
  timers.cancel(cancelled);
  timers.cancel(cancelled);
  clock.move(Duration(300));
  last.get_future().get();
  EXPECT_EQ(ran, (std::vector<int>{1, 2}));
}

TEST(TimersByTheClock, AreDroppedWhenTheyStop) {
  AdjustableClock clock(AdjustableClock::Start::kFrozen);
  bool ran = false;
  {
    Timers timers(clock);
    timers.at(clock.runningTime() + Duration(1), [&] { ran = true; });
    timers.stop();
    clock.move(Duration(1));
  }
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace ddblog::lambda
