// Moves the cloud's clock, to test retry delays, retention and expiry without waiting:
//
//   POST /_local/clock   {"move": milliseconds, "settle": true}
//                        -> {"now": "2026-11-22T09:00:00.000Z"}
//
// "move": 0 (the default) only reads the clock. Forward, the time of day and the running time move;
// back (a negative number), only the time of day.
//
// "settle" (the default, only for moves forward): the clock goes the whole way as time does when it
// passes. First everything that is due is delivered, until each event source mapping has caught up or
// backs off, and no asynchronous invocation is due. Then the clock moves to when something is due
// next, and so on.
// So nothing gets too old that could have been delivered, also if it is written meanwhile: each step
// of the clock is a command of the writer. What becomes due at the very end is not waited for. With
// false, the clock jumps at once.
//
// A move settles for kLongestSettling of real time and kMostSteps steps at most. Then the clock
// stays where it is, so that nothing is lost, and the answer is ClockNotSettled (status 409), which
// says how far it came and what it waited for. At most kMostWaiting moves wait for an earlier one
// (one more is rejected: ClockIsMoving, status 429).
//
// Thread safety: start() and end() by one thread. Moves that settle run one after another on a
// thread of their own.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "offline/durable_running_time.h"
#include "rpc/activity.h"
#include "rpc/api.h"
#include "store/store.h"

namespace ddblog::offline {

class ClockMoves {
 public:
  static constexpr Duration kLongestSettling = std::chrono::seconds(8);  // clients usually wait for 10 s or more
  static constexpr int kMostSteps = 10'000;
  static constexpr std::size_t kMostWaiting = 16;

  // What a move needs; all must outlive this. `real_time`: a clock that is not moved. `activity`: of
  // the services.
  struct Dependencies {
    AdjustableClock& clock;
    Clock& real_time;
    Store& store;
    DurableRunningTime& running_time;
    std::function<rpc::Activity()> activity;
  };

  explicit ClockMoves(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}
  ~ClockMoves() { end(); }
  ClockMoves(const ClockMoves&) = delete;

  void addRoutes(rpc::RestApi& api);
  void start();
  // Ends waiting moves with an error.
  void end();

 private:
  struct Move {
    Duration step;
    rpc::Callback respond;
  };

  void receive(const rpc::Request& request, rpc::Callback respond);
  void jump(Duration step, rpc::Callback respond);
  void run();
  // Moves the clock step by step. Throws ApiError.
  void moveSettling(Duration whole);
  // Waits until nothing is due, at most until `deadline` of real time; then moves the clock to when
  // something is, by `most` at most. Returns by how much; 0: something is due. `found`: the last look.
  Duration moveWhenSettled(Duration most, RunningTime deadline, rpc::Activity& found);
  // Looks again, on the writer thread, and moves the clock if nothing has happened since `found`.
  Duration moveIfSettled(Duration most, rpc::Activity& found);
  void finish(rpc::Callback respond);

  const Dependencies dependencies_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Move> waiting_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ddblog::offline
