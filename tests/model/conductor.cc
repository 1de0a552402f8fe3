#include "model/conductor.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

namespace ddblog::model {

namespace {

constexpr std::int64_t kWindow = 2 * 3600;
constexpr std::chrono::seconds kPatience{30};

}  // namespace

Conductor::Conductor(ServerProcess& server, const Plan& plan)
    : server_(server),
      plan_(plan),
      rng_(plan.seed * 7919 + 1),
      began_at_(std::time(nullptr)),
      worlds_left_(plan.worlds + plan.queue_worlds) {}

bool Conductor::isOver() const { return !failure_.empty() || done_ >= plan_.operations; }

bool Conductor::goesOn() {
  std::lock_guard lock(mutex_);
  if (!failure_.empty()) throw Stopped();
  return done_ < plan_.operations;
}

void Conductor::count(int operations) {
  std::lock_guard lock(mutex_);
  done_ += operations;
  changed_.notify_all();
}

bool Conductor::pauseForClock(const std::function<void()>& prepare) {
  {
    std::lock_guard lock(mutex_);
    if (!wants_pause_) return false;
  }
  prepare();
  std::unique_lock lock(mutex_);
  const int pause = pauses_;
  ++waiting_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return pauses_ != pause || !failure_.empty(); });
  if (!failure_.empty()) throw Stopped();
  return true;
}

int Conductor::awaitRestart(int restarts) {
  std::unique_lock lock(mutex_);
  const bool has_restarted =
      changed_.wait_for(lock, kPatience, [&] { return restarts_ > restarts || !failure_.empty(); });
  if (!failure_.empty()) throw Stopped();
  if (!has_restarted) throw std::runtime_error("the connection broke, but nobody killed the server");
  return restarts_;
}

int Conductor::restarts() {
  std::lock_guard lock(mutex_);
  return restarts_;
}

int Conductor::window() {
  std::lock_guard lock(mutex_);
  return window_;
}

std::int64_t Conductor::timeIn(int window) const { return began_at_ + window * kWindow - kWindow / 2; }

void Conductor::leave() {
  std::lock_guard lock(mutex_);
  --worlds_left_;
  changed_.notify_all();
}

void Conductor::fail(const std::string& what) {
  std::lock_guard lock(mutex_);
  if (failure_.empty()) failure_ = what;
  changed_.notify_all();
}

std::string Conductor::failure() {
  std::lock_guard lock(mutex_);
  return failure_;
}

std::int64_t Conductor::operations() {
  std::lock_guard lock(mutex_);
  return done_;
}

void Conductor::await(std::int64_t operations) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_ >= operations || isOver(); });
}

// From "in the middle of work" to "has not even started". The machine's clock is as far ahead as the program's was: a
// start forgets by how much the time of day was moved, and not how long the program ran.
void Conductor::crash() {
  std::this_thread::sleep_for(std::chrono::microseconds(rng_.below(20'000)));
  server_.kill();
  ++crashes_;
  server_.setMachineAhead(window_ * kWindow);
  server_.launch();
  if (rng_.chance(25)) {
    std::this_thread::sleep_for(std::chrono::microseconds(rng_.below(40'000)));
    server_.kill();
    ++crashes_;
    server_.launch();
  }
  server_.awaitReady();
  std::lock_guard lock(mutex_);
  ++restarts_;
  changed_.notify_all();
}

void Conductor::moveClock() {
  std::unique_lock lock(mutex_);
  wants_pause_ = true;
  changed_.wait(lock, [&] { return waiting_ == worlds_left_ || !failure_.empty(); });
  const int windows = rng_.between(1, 3);
  if (failure_.empty()) server_.moveClock(windows * kWindow);
  window_ += windows;
  wants_pause_ = false;
  waiting_ = 0;
  ++pauses_;
  changed_.notify_all();
}

void Conductor::run() {
  std::vector<std::pair<std::int64_t, bool>> events;  // when, whether it is a crash
  const auto spread = [&](int count, bool is_crash) {
    const std::int64_t each = plan_.operations / (count + 1);
    for (int i = 1; i <= count; ++i) {
      events.emplace_back(each * i + rng_.below(static_cast<int>(each / 3) + 1), is_crash);
    }
  };
  spread(plan_.crashes, true);
  spread(plan_.clock_moves, false);
  std::sort(events.begin(), events.end());
  for (const auto& [when, is_crash] : events) {
    await(when);
    {
      std::lock_guard lock(mutex_);
      if (isOver()) break;
    }
    is_crash ? crash() : moveClock();
    // Now and then a crash while what came due is being expired, or while the worlds look what is there.
    if (rng_.chance(30)) crash();
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return worlds_left_ == 0; });
}

}  // namespace ddblog::model
