// Work that is due at given times. The first look at work that is due finds it being done; the next
// one finds it done.
//
// Thread safety: any thread.
#pragma once

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
    if (!due_.empty()) activity.next_due = *due_.begin();
    activity.changes = done_.size();
    return activity;
  }
  rpc::Delays delays() const {
    rpc::Delays delays;
    MutexLock lock(mutex_);
    if (!due_.empty() && !is_on_schedule) rpc::addDelay(delays, "work waits", *due_.begin());
    return delays;
  }
  void addDue(RunningTime time) {
    MutexLock lock(mutex_);
    due_.insert(time);
  }
  std::vector<RunningTime> done() const {
    MutexLock lock(mutex_);
    return done_;
  }

  bool never_ends = false;
  bool is_on_schedule = false;

 private:
  const Clock& clock_;
  mutable Mutex mutex_;
  std::multiset<RunningTime> due_ GUARDED_BY(mutex_);
  std::vector<RunningTime> done_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::offline
