#include "dynamodb/sweeper.h"

#include <exception>
#include <utility>

namespace ddblog::dynamodb {
namespace {

constexpr std::chrono::minutes kAfterFailure{1};

}  // namespace

Sweeper::Sweeper(Clock& clock, std::function<Timestamp()> sweep)
    : clock_(clock), sweep_(std::move(sweep)), thread_([this] { run(); }) {}

Sweeper::~Sweeper() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Sweeper::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    Timestamp next;
    try {
      next = sweep_();
    } catch (const std::exception&) {
      next = clock_.now() + kAfterFailure;
    }
    lock.lock();
    while (!stopping_ && clock_.now() < next) clock_.wait(lock, stop_, next);
  }
}

}  // namespace ddblog::dynamodb
