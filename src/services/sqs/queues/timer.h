// The one thread of the queues: makes messages visible when their time has come, serves long polls,
// and moves the messages of message move tasks. It sleeps until the next of these is due, or until a
// commit or a new long poll wakes it.
//
// Thread safety: start() and stop() by one thread; activity() from any.
#pragma once

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "services/sqs/queues/context.h"
#include "store/commit_notifier.h"

namespace ddblog::sqs {

class Timer {
 public:
  // `context` must outlive it.
  explicit Timer(Context& context) : context_(context) {}
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;

  void start();
  void stop();
  rpc::Activity activity() const;

 private:
  void run();
  // When there is more to do.
  struct Next {
    RunningTime work = RunningTime::max();
    RunningTime end_of_poll = RunningTime::max();
  };
  // Does what is due.
  Next look();
  Next lookOrRetry();
  void wake();

  Context& context_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool is_running_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool has_news_ GUARDED_BY(mutex_) = false;
  RunningTime rests_until_ GUARDED_BY(mutex_) = RunningTime::min();  // min: it does not rest
  RunningTime next_work_ GUARDED_BY(mutex_) = RunningTime::max();    // while it rests
  std::uint64_t rests_ GUARDED_BY(mutex_) = 0;
  bool store_fails_ = false;        // the thread's own
  std::set<std::string> to_serve_;  // the thread's own: queues with messages that became visible
  std::vector<CommitNotifier::Subscription> subscriptions_;
  std::thread thread_;
};

}  // namespace ddblog::sqs
