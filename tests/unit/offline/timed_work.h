// Work that is due at given times. The first look at work that is due finds it being done; the next
// one finds it done.
//
// Thread safety: any thread.
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "rpc/background_work.h"

namespace ddblog::offline {

class TimedWork {
 public:
  explicit TimedWork(const Clock& clock) : clock_(clock) {}

  rpc::Activity look() {
    rpc::Activity activity;
    MutexLock lock(mutex_);
    const RunningTime now = clock_.runningTime();
    while (!due_.empty() && *due_.begin() <= now) {
      activity.busy_with = {"work"};
      if (never_ends) break;
      done_.push_back(now);
      due_.erase(due_.begin());
    }
    while (!scheduled_.empty() && *scheduled_.begin() <= now) {
      activity.busy_with = {"work of a schedule"};
      done_.push_back(now);
      scheduled_.erase(scheduled_.begin());
    }
    for (const auto* times : {&due_, &scheduled_}) {
      if (!times->empty()) activity.next_due = std::min(activity.next_due, *times->begin());
    }
    activity.changes = done_.size();
    return activity;
  }
  rpc::Delays delays() const {
    rpc::Delays delays;
    MutexLock lock(mutex_);
    const auto next = due_.upper_bound(clock_.runningTime());  // what is due waits for nothing
    if (next != due_.end()) rpc::addDelay(delays, "work waits", *next);
    return delays;
  }
  void addDue(RunningTime time) {
    MutexLock lock(mutex_);
    due_.insert(time);
  }
  // Nobody waits for it.
  void addScheduled(RunningTime time) {
    MutexLock lock(mutex_);
    scheduled_.insert(time);
  }
  std::vector<RunningTime> done() const {
    MutexLock lock(mutex_);
    return done_;
  }

  bool never_ends = false;

 private:
  const Clock& clock_;
  mutable Mutex mutex_;
  std::multiset<RunningTime> due_ GUARDED_BY(mutex_);
  std::multiset<RunningTime> scheduled_ GUARDED_BY(mutex_);
  std::vector<RunningTime> done_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::offline
