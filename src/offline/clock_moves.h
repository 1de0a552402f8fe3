// The cloud's clock, which tests move, to see retry delays, retention and expiry without waiting:
//
//   GET  /_local/clock   -> {"now": "2026-11-22T09:00:00.000Z", "frozen": false, "offset": 0}
//   POST /_local/clock   {"move": milliseconds, "settle": true}     the same answer
//                        {"set": "2026-12-24T18:00:00Z"}
//                        {"real": true}
//                        {"freeze": true}                           alone, or with one of the others
//
// "offset": milliseconds from the machine's time of day to the cloud's.
// "move": forward, the time of day and the running time move; back (a negative number), only the time of
// day. "set" moves to that time of day. "real" makes the time of day the machine's again, at once, and lets it go on.
// "freeze" stops the time of day, or lets it go on from where it is: then nothing gets a new time stamp,
// and no schedule becomes due, until the clock is moved. The running time goes on, so retries, windows
// and long polls do too.
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
#include <optional>
#include <string>
#include <thread>

#include "base/cloud_clock.h"
#include "base/thread_annotations.h"
#include "offline/durable_running_time.h"
#include "offline/rest.h"
#include "rpc/activity.h"
#include "rpc/api.h"
#include "rpc/request_reader.h"

namespace ddblog::offline {

class ClockMoves {
 public:
  static constexpr Duration kLongestSettling = std::chrono::seconds(8);  // clients usually wait for 10 s or more
  static constexpr int kMostSteps = 10'000;
  static constexpr std::size_t kMostWaiting = 16;

  // What a move needs; all must outlive this. `real_time`: a clock that is not moved.
  struct Dependencies {
    CloudClock& clock;
    Clock& real_time;
    DurableRunningTime& running_time;
    Rest& rest;
  };

  explicit ClockMoves(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}
  ~ClockMoves() { end(); }
  ClockMoves(const ClockMoves&) = delete;

  void addRoutes(rpc::RestApi& api);
  void start();
  // Ends waiting moves with an error.
  void end();

 private:
  // Where the clock goes: by so much, or to a time of day.
  struct Way {
    Duration step{0};
    std::optional<Timestamp> target;
    Duration from(Timestamp now) const { return target ? *target - now : step; }
  };
  struct Move {
    Way way;
    rpc::Callback respond;
  };

  static Way wayOf(rpc::ObjectReader& fields, Timestamp now);
  rpc::Response answer() const;
  void receive(const rpc::Request& request, rpc::Callback respond);
  void jump(Duration step, rpc::Callback respond);
  bool hasEnded() const;
  void run();
  // Moves the clock step by step. Throws ApiError.
  void moveSettling(Duration whole);
  // Waits until nothing is due, at most until `deadline` of real time; then moves the clock to when
  // something is, by `most` at most. Returns by how much; 0: something is due. `found`: the last look.
  Duration moveWhenSettled(Duration most, RunningTime deadline, rpc::Activity& found);
  void finish(rpc::Callback respond);

  const Dependencies dependencies_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Move> waiting_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace ddblog::offline
