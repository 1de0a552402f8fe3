// POST /_local/clock: what is due is delivered before the clock goes on.
#include "offline/clock_moves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "base/api_error.h"
#include "base/json.h"
#include "rpc/call.h"
#include "unit/offline/timed_work.h"

namespace ddblog::offline {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MovesOfTheClock : public testing::Test {
 protected:
  MovesOfTheClock() {
    moves_.addRoutes(api_);
    moves_.start();
  }

  std::future<rpc::Outcome> start(const std::string& body) {
    bool known = false;
    rpc::Request request;
    request.body = body;
    return rpc::startCall(api_.find("POST", "/_local/clock", known).route->handler, request);
  }
  rpc::Outcome move(const std::string& body) { return start(body).get(); }
  // The error's type and message; empty: none.
  std::string error(const std::string& body) {
    try {
      move(body).response();
      return "";
    } catch (const ApiError& error) {
      return error.type() + ": " + error.message();
    }
  }
  // Waits until a command has added work, which is not known to be due before its commit.
  void append() {
    std::promise<void> added;
    auto time = std::make_shared<RunningTime>();
    store_->write(
        [this, time, &added](Transaction& transaction) {
          *time = clock_.runningTime();
          transaction.put("event", "");
          added.set_value();
        },
        [this, time](std::exception_ptr) { work_.addDue(*time); });
    added.get_future().wait();
  }
  static std::string milliseconds(Duration step) { return R"({"move":)" + std::to_string(step.count()) + "}"; }

  // Each reading takes 100 ms, so that nothing is waited for in reality.
  std::chrono::steady_clock::time_point steady_;
  AdjustableClock real_time_{
      TimeSource{[] { return Timestamp(Duration(1'767'225'600'000)); }, [this] { return steady_ += Duration(100); }}};
  CloudClock clock_{real_time_, AdjustableClock::Start::kFrozen};
  std::unique_ptr<Store> store_ = Store::open({.directory = {}, .in_memory = true});
  DurableRunningTime running_time_{clock_.running(), *store_};
  TimedWork work_{clock_};
  rpc::RestApi api_;
  std::function<void()> after_look_ = [] {};
  Rest rest_{{clock_, real_time_, *store_,
              [this] {
                rpc::Activity activity = work_.look();
                if (!activity.busy_with.empty()) rest_.wake();  // it is done by the next look
                after_look_();
                return activity;
              },
              [this] { return work_.delays(); }, [] {}, [] {}}};
  ClockMoves moves_{{clock_, real_time_, running_time_, rest_}};
};

TEST_F(MovesOfTheClock, DeliverWhatIsDueAtItsTime) {
  const RunningTime start = clock_.runningTime();
  work_.addDue(start);
  work_.addDue(start + minutes(1));
  work_.addDue(start + hours(5));
  work_.addDue(start + hours(30));
  move(milliseconds(hours(25))).response();
  EXPECT_EQ(clock_.runningTime(), start + hours(25));
  EXPECT_THAT(work_.done(), ElementsAre(start, start + minutes(1), start + hours(5)));
}

TEST_F(MovesOfTheClock, StayWhereSomethingIsNotDelivered) {
  const RunningTime start = clock_.runningTime();
  work_.addDue(start + hours(1));
  work_.never_ends = true;
  EXPECT_THAT(error(milliseconds(hours(25))), HasSubstr("ClockNotSettled: The clock moved by 3600000 of 90000000 ms. "
                                                        "What is due comes first, and it is not done: work; "));
  EXPECT_EQ(clock_.runningTime(), start + hours(1));
  work_.never_ends = false;
  move(milliseconds(hours(24))).response();
  EXPECT_EQ(clock_.runningTime(), start + hours(25));
}

// An event is added right after a look that found nothing.
class MovesDuringAppends : public MovesOfTheClock, public testing::WithParamInterface<int> {};

TEST_P(MovesDuringAppends, DoNotPassOverWhatACommandHasJustAdded) {
  std::thread::id writer;
  store_->writeAndWait([&](Transaction&) { writer = std::this_thread::get_id(); });
  int looks = 0;
  after_look_ = [&] {
    if (++looks == GetParam() && std::this_thread::get_id() != writer) append();
  };
  const RunningTime start = clock_.runningTime();
  move(milliseconds(hours(25))).response();
  after_look_ = [] {};
  store_->drain();
  work_.look();
  for (const RunningTime time : work_.done()) EXPECT_EQ(time, start);
}

INSTANTIATE_TEST_SUITE_P(AfterLook, MovesDuringAppends, testing::Values(1, 2));

TEST_F(MovesOfTheClock, JumpIfTheyAreToldTo) {
  const RunningTime start = clock_.runningTime();
  work_.addDue(start);
  work_.never_ends = true;
  move(R"({"move":90000000,"settle":false})").response();
  EXPECT_EQ(clock_.runningTime(), start + hours(25));
  move(R"({"move":-90000000})").response();  // back: nothing becomes due, and nothing gets younger
  EXPECT_EQ(clock_.runningTime(), start + hours(25));
  EXPECT_THAT(work_.done(), IsEmpty());
}

TEST_F(MovesOfTheClock, HaveAnEndIfWorkAlwaysMakesMoreWork) {
  const RunningTime start = clock_.runningTime();
  for (int i = 0; i < 1000; ++i) work_.addDue(start + Duration(i));
  EXPECT_THAT(error(milliseconds(hours(1))), HasSubstr("ClockNotSettled"));
  EXPECT_LT(clock_.runningTime(), start + hours(1));
}

TEST_F(MovesOfTheClock, EndWithTheCloud) {
  work_.addDue(clock_.runningTime());
  work_.never_ends = true;
  auto first = std::async(std::launch::async, [this] { return error(milliseconds(hours(1))); });
  moves_.end();
  EXPECT_THAT(first.get(), AnyOf(HasSubstr("ClockNotSettled"), HasSubstr("CloudIsStopping")));
  EXPECT_THAT(error(milliseconds(hours(1))), HasSubstr("CloudIsStopping: The offline cloud is stopping"));
}

TEST_F(MovesOfTheClock, GoToATimeOfDay) {
  move(R"({"set":"2026-01-03T12:00:00Z"})").response();
  EXPECT_EQ(toIso8601(clock_.now(), true), "2026-01-03T12:00:00.000Z");
  const RunningTime there = clock_.runningTime();
  move(R"({"set":"2025-12-24T18:00:00+01:00"})").response();
  EXPECT_EQ(toIso8601(clock_.now(), true), "2025-12-24T17:00:00.000Z");
  EXPECT_EQ(clock_.runningTime(), there);
}

TEST_F(MovesOfTheClock, GoToATimeOfDayThatAnEarlierMoveHasReached) {
  const std::string there = R"({"set":"2026-01-03T12:00:00Z"})";
  std::future<rpc::Outcome> second;
  after_look_ = [&] {
    if (!second.valid()) second = start(there);
  };
  move(there).response();
  second.get().response();
  EXPECT_EQ(toIso8601(clock_.now(), true), "2026-01-03T12:00:00.000Z");
}

TEST_F(MovesOfTheClock, RefuseWhatIsNoMove) {
  for (const char* body :
       {R"({"move":"far"})", R"({"move":99999999999999999})", R"({"settle":1})", R"({"set":"tomorrow"})",
        R"({"set":"9999-01-01"})", R"({"set":"2026-01-03T12:00:00Z","move":1})", R"({"real":true,"move":1})",
        R"({"freeze":1})"}) {
    EXPECT_NE(error(body), "") << body;
  }
}

}  // namespace
}  // namespace ddblog::offline
