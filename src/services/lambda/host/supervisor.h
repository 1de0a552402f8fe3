// The one thread that looks after function processes: it starts them, reads what they write and
// sees them end.
//
// It waits in poll(2) for descriptors (output pipes and pidfds) and for posted jobs; it never waits
// by time. Processes are started on this thread and no other, because the kernel sends
// PR_SET_PDEATHSIG when the *thread* that made a child ends: this one lives as long as the host.
//
// Thread safety: post and stop may be called from any other thread; watch and unwatch on the
// supervisor's own thread only.
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

  // Calls `ready` whenever `descriptor` can be read or is closed at its other end.
  void watch(int descriptor, std::function<void()> ready);
  void unwatch(int descriptor);

  // Runs the jobs posted so far, then ends the thread.
  void stop();

 private:
  void run();
  bool runJobs();

  int wake_descriptor_;
  std::unordered_map<int, std::function<void()>> watched_;  // of the thread
  Mutex mutex_;
  std::vector<std::function<void()>> jobs_ GUARDED_BY(mutex_);
  bool stopping_ = false;  // of the thread
  std::thread thread_;
};

}  // namespace ddblog::lambda
