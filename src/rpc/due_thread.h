// A thread that does what is due, and then waits for what becomes due next, or for a commit.
//
//   DueThread thread(clock, warn, {"schedules", "scheduled events are sent"}, [&](bool woken) { … return next; });
//   thread.start(notifier);
//
// If the work throws (the store failed), the log gets one line, and the thread tries again after
// kAfterFailure; when it works again, the log gets another line.
//
// Thread safety: start and stop are called by one thread, activity by any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "store/commit_notifier.h"

namespace ddblog::rpc {

class DueThread {
 public:
  static constexpr Duration kAfterFailure{1000};

  struct Words {
    std::string name;  // begins the log's lines
    std::string busy;  // what it does, for Activity
  };
  struct Next {
    RunningTime due;                              // when more is due; max: after a commit only
    RunningTime look_again = RunningTime::max();  // when to look at the time of day again, though nothing may be due
  };
  // Does what is due. `woken`: there was a commit since the last call, or this is the first one.
  using Work = std::function<Next(bool woken)>;

  DueThread(Clock& clock, std::function<void(std::string_view line)> warn, Words words, Work work)
      : clock_(clock), warn_(std::move(warn)), words_(std::move(words)), work_(std::move(work)) {}
  ~DueThread() { stop(); }
  DueThread(const DueThread&) = delete;

  // Does nothing if it runs. `commits` must live until stop().
  void start(CommitNotifier& commits);
  void stop();
  Activity activity() const;

 private:
  void run();
  // Returns false if the work threw.
  bool doWork(bool woken, Next& next);

  Clock& clock_;
  const std::function<void(std::string_view line)> warn_;
  const Words words_;
  const Work work_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool is_running_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool woken_ GUARDED_BY(mutex_) = true;
  RunningTime rests_until_ GUARDED_BY(mutex_) = RunningTime::min();  // min: it does not rest
  std::uint64_t changes_ GUARDED_BY(mutex_) = 0;
  bool was_failing_ = false;  // the thread's own
  CommitNotifier::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::rpc
