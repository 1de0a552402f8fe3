#include "services/eventbridge/bus/target_retries.h"

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "services/eventbridge/bus/key_spaces.h"
#include "services/eventbridge/bus/target_delivery.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {
namespace {

constexpr std::size_t kRetriesAtATime = 100;  // per command
constexpr std::size_t kMovedAtATime = 1'000;  // per command
constexpr Duration kAfterFailure{1000};

const std::string kRetriesEnd = endOfPrefix(KeyBuilder(key_spaces::kRetriesDue).str());

}  // namespace

void TargetRetries::start() {
  if (thread_.joinable()) return;
  subscription_ = context_.retries_added->listen([this] {
    MutexLock lock(mutex_);
    woken_ = true;
    changed_.notifyAll();
  });
  MutexLock lock(mutex_);
  is_running_ = true;
  thread_ = std::thread([this] { run(); });
}

void TargetRetries::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notifyAll();
  }
  if (thread_.joinable()) thread_.join();
  subscription_ = {};
}

rpc::Activity TargetRetries::activity() const {
  rpc::Activity activity;
  MutexLock lock(mutex_);
  activity.changes = changes_;
  if (!is_running_ || stopping_) return activity;
  if (woken_ || rests_until_ <= context_.clock.runningTime()) {
    activity.busy_with.push_back("events are delivered to targets again");
  } else {
    activity.next_due = rests_until_;
  }
  return activity;
}

void TargetRetries::run() {
  bool has_pulled = false;
  MutexLock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    rests_until_ = RunningTime::min();
    lock.unlock();
    RunningTime next;
    bool has_failed = false;
    try {
      if (!std::exchange(has_pulled, true)) pullForward();
      next = retryDue();
      if (std::exchange(was_failing_, false)) context_.warn("retries of targets: work again");
    } catch (const std::exception& error) {
      has_failed = true;
      next = context_.clock.runningTime() + kAfterFailure;
      if (!std::exchange(was_failing_, true))
        context_.warn(std::string("retries of targets: failed, trying again: ") + error.what());
    }
    lock.lock();
    rests_until_ = next;
    ++changes_;
    while (!stopping_ && (!woken_ || has_failed) && context_.clock.runningTime() < next) {
      context_.clock.wait(lock, changed_, next);
    }
  }
}

RunningTime TargetRetries::retryDue() {
  const RunningTime now = context_.clock.runningTime();
  std::vector<std::string> due;
  {
    const auto snapshot = context_.store.snapshot();
    auto cursor = snapshot->cursor(retryDueKey(RunningTime()), kRetriesEnd);
    for (; cursor->valid() && due.size() < kRetriesAtATime; cursor->next()) {
      if (dueOfRetry(cursor->key()) > now) break;
      due.emplace_back(cursor->key());
    }
    if (due.empty()) return cursor->valid() ? dueOfRetry(cursor->key()) : RunningTime::max();
  }
  context_.store.writeAndWait([&](Transaction& transaction) {
    for (const std::string& key : due) retryDelivery(transaction, context_, key);
  });
  return now;  // look again
}

void TargetRetries::pullForward() {
  const RunningTime now = context_.clock.runningTime();
  for (;;) {
    std::vector<std::string> late;
    const auto snapshot = context_.store.snapshot();
    auto cursor = snapshot->cursor(retryDueKey(now + kLongestRetryDelay + Duration(1)), kRetriesEnd);
    for (; cursor->valid() && late.size() < kMovedAtATime; cursor->next()) late.emplace_back(cursor->key());
    if (late.empty()) return;
    context_.store.writeAndWait([&](Transaction& transaction) {
      for (const std::string& key : late) moveRetry(transaction, key, now);
    });
  }
}

}  // namespace ddblog::eventbridge
