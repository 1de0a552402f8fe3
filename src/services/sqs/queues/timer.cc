#include "services/sqs/queues/timer.h"

#include <algorithm>
#include <exception>
#include <string>

namespace ddblog::sqs {

namespace {

constexpr Duration kAfterStoreFailure{1000};

}  // namespace

void Timer::start() {
  {
    MutexLock lock(mutex_);
    is_running_ = true;
  }
  for (CommitNotifier* notifier : {&context_.messages.becameVisible(), &context_.messages.dueEarlier(),
                                   &context_.waiting_receives.added(), &context_.move_tasks.started()}) {
    subscriptions_.push_back(notifier->listen([this] { wake(); }));
  }
  context_.waiting_receives.open();
  thread_ = std::thread([this] { run(); });
}

void Timer::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notifyAll();
  }
  if (thread_.joinable()) thread_.join();
  context_.waiting_receives.close();
  subscriptions_.clear();
}

void Timer::wake() {
  MutexLock lock(mutex_);
  has_news_ = true;
  changed_.notifyAll();
}

void Timer::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    has_news_ = false;
    // From here on, a commit with a message that becomes visible at any time wakes this thread.
    context_.messages.await(RunningTime::max());
    lock.unlock();
    const Next next = lookOrRetry();
    const RunningTime wakes_at = std::min(next.work, next.end_of_poll);
    lock.lock();
    if (has_news_ || stopping_) continue;
    context_.messages.await(wakes_at);
    rests_until_ = wakes_at;
    next_work_ = next.work;
    ++rests_;
    while (!stopping_ && !has_news_ && context_.clock.runningTime() < wakes_at) {
      context_.clock.wait(lock, changed_, wakes_at);
    }
    rests_until_ = RunningTime::min();
  }
}

Timer::Next Timer::lookOrRetry() {
  try {
    const Next next = look();
    store_fails_ = false;
    return next;
  } catch (const std::exception& error) {
    if (!store_fails_) context_.warn(std::string("sqs: the queues' timer failed, trying again: ") + error.what());
    store_fails_ = true;
    return {context_.clock.runningTime() + kAfterStoreFailure};
  }
}

Timer::Next Timer::look() {
  Next next;
  next.work = context_.messages.nextDue(*context_.store.snapshot());
  if (next.work <= context_.clock.runningTime()) {
    context_.store.writeAndWait([&](Transaction& transaction) { context_.messages.settle(transaction); });
    next.work = context_.messages.nextDue(*context_.store.snapshot());
  }
  next.work = std::min(next.work, context_.move_tasks.step());
  to_serve_.merge(context_.messages.takeVisible());
  context_.waiting_receives.serve(context_.store, context_.catalog, context_.messages, to_serve_);
  to_serve_.clear();
  next.end_of_poll = context_.waiting_receives.endLate(context_.clock.runningTime());
  return next;
}

// The end of a long poll is nothing that others wait for.
rpc::Activity Timer::activity() const {
  rpc::Activity activity;
  MutexLock lock(mutex_);
  activity.changes = rests_;
  if (!is_running_ || stopping_) return activity;
  if (!has_news_ && context_.clock.runningTime() < rests_until_) {
    activity.next_due = next_work_;
  } else {
    activity.busy_with.push_back("messages of queues become visible");
  }
  return activity;
}

}  // namespace ddblog::sqs
