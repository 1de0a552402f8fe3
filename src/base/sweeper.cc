#include "base/sweeper.h"

#include <exception>
#include <string>
#include <utility>

namespace ddblog {
namespace {

constexpr std::chrono::minutes kAfterFailure{1};

}  // namespace

Sweeper::Sweeper(Clock& clock, Warn warn, std::function<RunningTime()> sweep)
    : clock_(clock), warn_(std::move(warn)), sweep_(std::move(sweep)), thread_([this] { run(); }) {}

Sweeper::~Sweeper() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_.notifyAll();
  thread_.join();
}

void Sweeper::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const RunningTime began = clock_.runningTime();
    RunningTime next;
    try {
      next = sweep_();
    } catch (const std::exception& error) {
      warn_(std::string("what is over cannot be cleared away, trying again in a minute: ") + error.what());
      next = clock_.runningTime() + kAfterFailure;
    }
    lock.lock();
    // A clock that was moved back would let it wait for that much longer.
    for (auto now = clock_.runningTime(); !stopping_ && now >= began && now < next; now = clock_.runningTime()) {
      clock_.wait(lock, stop_, next);
    }
  }
}

}  // namespace ddblog
