// The running time over restarts: it goes on from where it stopped.
#include "offline/durable_running_time.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <future>

namespace ddblog::offline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A machine with a clock of the day and a store that outlives the cloud.
class RunningTimeOverRestarts : public testing::Test {
 protected:
  AdjustableClock startClock() {
    return AdjustableClock({[this] { return time_of_day_.load(); }, [this] { return steady_.load(); }});
  }
  void run(AdjustableClock& clock, minutes time) {
    for (minutes done(0); done < time; ++done) {
      addTo(time_of_day_, minutes(1));
      addTo(steady_, minutes(1));
      clock.move(Duration(0));  // wakes whoever waits
    }
  }
  // What a start would go on from now.
  RunningTime stored() {
    AdjustableClock next = startClock();
    const DurableRunningTime running_time(next, *store_);
    return next.runningTime();
  }
  bool isStored(const std::function<bool(RunningTime)>& holds) {
    for (int i = 0; i < 5000; ++i) {
      if (holds(stored())) return true;
      ::usleep(1000);
    }
    return false;
  }

  template <class Time>
  static void addTo(std::atomic<Time>& time, Duration added) {
    time = time.load() + added;
  }

  // Threads of the clock's users read them.
  std::atomic<Timestamp> time_of_day_ = fromIso8601("2026-01-01T00:00:00Z");
  std::atomic<std::chrono::steady_clock::time_point> steady_{std::chrono::steady_clock::time_point()};
  std::unique_ptr<Store> store_ = Store::open({.directory = {}, .in_memory = true});
};

TEST_F(RunningTimeOverRestarts, BeginsAtTheTimeOfDayInANewStore) {
  EXPECT_EQ(stored().time_since_epoch(), time_of_day_.load().time_since_epoch());
}

TEST_F(RunningTimeOverRestarts, StandsStillWhileNothingRuns) {
  AdjustableClock clock = startClock();
  DurableRunningTime running_time(clock, *store_);
  running_time.start([](std::string_view) {});
  run(clock, minutes(10));
  clock.move(hours(3));
  running_time.stop();
  const RunningTime reached = clock.runningTime();
  addTo(time_of_day_, hours(25));
  EXPECT_EQ(stored(), reached);
}

TEST_F(RunningTimeOverRestarts, AtMostAMinuteIsCountedTwiceAfterACrash) {
  AdjustableClock clock = startClock();
  DurableRunningTime running_time(clock, *store_);
  const RunningTime start = clock.runningTime();
  running_time.start([](std::string_view) {});
  run(clock, minutes(60));
  EXPECT_TRUE(isStored([&](RunningTime time) { return time >= start + minutes(59); }));
  EXPECT_LE(stored(), clock.runningTime()) << "what counts twice makes things last longer, never shorter";
  running_time.stop();
}

TEST_F(RunningTimeOverRestarts, AMoveIsStoredAtOnce) {
  AdjustableClock clock = startClock();
  DurableRunningTime running_time(clock, *store_);
  clock.move(hours(2));
  running_time.save([](std::exception_ptr) {});
  store_->drain();
  EXPECT_EQ(stored(), clock.runningTime());
}

TEST_F(RunningTimeOverRestarts, WhatIsWrittenLaterIsNotEarlier) {
  AdjustableClock clock = startClock();
  DurableRunningTime running_time(clock, *store_);
  std::promise<void> go_on;
  store_->write([&](Transaction&) { go_on.get_future().wait(); }, [](std::exception_ptr) {});
  running_time.save([](std::exception_ptr) {});  // a move overtakes it
  clock.move(hours(2));
  go_on.set_value();
  store_->drain();
  EXPECT_EQ(stored(), clock.runningTime());
}

}  // namespace
}  // namespace ddblog::offline
