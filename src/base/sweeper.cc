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
    RunningTime next;
    try {
      next = sweep_();
    } catch (const std::exception& error) {
      warn_(std::string("background cleanup failed, trying again in a minute: ") + error.what());
      next = clock_.runningTime() + kAfterFailure;
    }
    lock.lock();
    while (!stopping_ && clock_.runningTime() < next) clock_.wait(lock, stop_, next);
  }
}

}  // namespace ddblog
