// What the worlds of one run have in common: the server that they all speak to, how many operations are left, when the
// server is killed and its clock is moved.
//
// The clock moves in steps of two hours while no world does anything ("windows"); all times to live are chosen in the
// middle of a window, so that nothing expires between two moves.
//
// Thread safety: the methods for worlds may be called from any thread; run is the main thread's.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>

#include "model/rng.h"
#include "model/server_process.h"

namespace ddblog::model {

// The run has ended for another reason than this world's own.
struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("stopped") {}
};

struct Plan {
  std::int64_t operations = 20'000;
  std::uint64_t seed = 1;
  int worlds = 4;        // of tables
  int queue_worlds = 2;  // of queues
  int crashes = 4;
  int clock_moves = 4;
};

class Conductor {
 public:
  Conductor(ServerProcess& server, const Plan& plan);

  // --- for worlds ---
  bool goesOn();
  void count(int operations);
  // If the clock is to be moved: carries `prepare` out, then waits until it was. Returns whether that happened.
  bool pauseForClock(const std::function<void()>& prepare);
  // A connection broke at this number of restarts: waits for the next; returns its number. Throws Stopped, and
  // std::runtime_error if nobody killed the server.
  int awaitRestart(int restarts);
  int restarts();
  int window();
  // The time (seconds since the epoch) in the middle of the window before `window` begins.
  std::int64_t timeIn(int window) const;
  void leave();  // this world does nothing more
  void fail(const std::string& what);

  // --- for the main thread ---
  void run();
  std::string failure();
  std::int64_t operations();
  int crashes() const { return crashes_; }

 private:
  void crash();
  void moveClock();
  void await(std::int64_t operations);
  bool isOver() const;  // with mutex_ held

  ServerProcess& server_;
  const Plan plan_;
  Rng rng_;
  const std::int64_t began_at_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t done_ = 0;
  int restarts_ = 0;
  int crashes_ = 0;
  int window_ = 0;
  int worlds_left_;
  int waiting_ = 0;
  bool wants_pause_ = false;
  int pauses_ = 0;
  std::string failure_;
};

}  // namespace ddblog::model
