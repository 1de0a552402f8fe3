// The one thread that manages function processes: it starts them, reads their output and notices
// their end.
//
// It waits in poll(2), without timeouts, for descriptors (pipes of output and of reapers) and posted
// jobs. All processes are started on this thread, because the kernel sends PR_SET_PDEATHSIG when the
// *thread* that created a child ends: this one lives as long as the host.
// Thread safety: post and stop may be called from any other thread; watch and unwatch only on the
// supervisor's thread.
#pragma once

#include <poll.h>

#include <functional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/thread_annotations.h"

namespace ddblog::lambda {

class Supervisor {
 public:
  Supervisor();   // throws std::system_error
  ~Supervisor();  // stops

  // Runs `job` on the supervisor's thread, in order.
  void post(std::function<void()> job);

  // Calls `ready` whenever `descriptor` is readable or its other end is closed.
  void watch(int descriptor, std::function<void()> ready);
  void unwatch(int descriptor);

  // Runs the jobs posted so far, then ends the thread.
  void stop();

 private:
  void run();
  bool runJobs();

  int wake_descriptor_;
  std::unordered_map<int, std::function<void()>> watched_;  // the thread's own
  Mutex mutex_;
  std::vector<std::function<void()>> jobs_ GUARDED_BY(mutex_);
  bool stopping_ = false;  // the thread's own
  std::thread thread_;
};

}  // namespace ddblog::lambda
