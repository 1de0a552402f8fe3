// Tells when another process has ended, so that this one does not outlive whoever started it, however that
// ends. The kernel reports it (pidfd_open, Linux 5.3); nobody polls.
//
// Errors: std::runtime_error with one line, if the kernel is older or no descriptor is left. A process that does not exist has ended.
// Thread safety: the constructor and the destructor by one thread; `ended` is called once, on any thread.
#pragma once

#include <sys/types.h>

#include <functional>
#include <thread>

namespace ddblog::cli {

class ParentWatch {
 public:
  // `ended` must only notify.
  ParentWatch(pid_t process, std::function<void()> ended);
  ~ParentWatch();
  ParentWatch(const ParentWatch&) = delete;

 private:
  int process_ = -1;  // descriptors
  int stop_ = -1;
  std::thread thread_;
};

}  // namespace ddblog::cli
