// Tries deliveries again that targets did not take (target_delivery.h), each when it is due, on a
// thread of its own that waits for the first one.
//
// A retry and its result are one command, so a crash loses none; one that ran is repeated at most.
// After a crash the running time may be behind: deliveries that would be due later than any delay
// allows are pulled forward. If the store fails, the log gets one line, and the thread waits for
// kAfterFailure.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <thread>

#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class TargetRetries {
 public:
  // `context` must outlive it.
  explicit TargetRetries(const Context& context) : context_(context) {}
  ~TargetRetries() { stop(); }
  TargetRetries(const TargetRetries&) = delete;

  void start();
  void stop();
  rpc::Activity activity() const;

 private:
  void run();
  void pullForward();
  // Tries what is due; returns when more is.
  RunningTime retryDue();

  const Context& context_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool is_running_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool woken_ GUARDED_BY(mutex_) = false;
  RunningTime rests_until_ GUARDED_BY(mutex_) = RunningTime::min();  // min: it does not rest
  std::uint64_t changes_ GUARDED_BY(mutex_) = 0;
  bool was_failing_ = false;  // the thread's own
  CommitNotifier::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::eventbridge
