#include "services/lambda/host/old_kernels.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <thread>

namespace ddblog::lambda {

namespace {

void signalEnd(pid_t child, int event) {
  siginfo_t information{};
  while (::waitid(P_PID, static_cast<id_t>(child), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event, &one, sizeof one);  // the counter is 0: it cannot be full
  ::close(event);
}

}  // namespace

int openProcessEnd(pid_t child) {
  // By number, because glibc 2.36 declares pidfd_open without C linkage.
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  if (descriptor >= 0 || errno != ENOSYS) return descriptor;
  const int event = ::eventfd(0, EFD_CLOEXEC);
  if (event < 0) return -1;
  const int written_to = ::fcntl(event, F_DUPFD_CLOEXEC, 0);  // the thread's own, as it may outlive `event`
  if (written_to < 0) {
    const int error = errno;
    ::close(event);
    errno = error;
    return -1;
  }
  std::thread(signalEnd, child, written_to).detach();
  return event;
}

void closeOnExecFrom3(unsigned limit) {
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  for (unsigned descriptor = 3; descriptor < limit; ++descriptor) {
    ::fcntl(static_cast<int>(descriptor), F_SETFD, FD_CLOEXEC);
  }
}

}  // namespace ddblog::lambda
