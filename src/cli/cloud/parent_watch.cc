#include "cli/cloud/parent_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace ddblog::cli {

ParentWatch::ParentWatch(pid_t process, std::function<void()> ended) {
  process_ = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  if (process_ < 0 && errno == ESRCH) {
    ended();
    return;
  }
  if (process_ < 0) {
    const std::string why = errno == ENOSYS ? "it needs Linux 5.3 or newer" : std::generic_category().message(errno);
    throw std::runtime_error("--parent-pid " + std::to_string(process) + ": " + why);
  }
  stop_ = eventfd(0, EFD_CLOEXEC);
  if (stop_ < 0) {
    const std::string why = std::generic_category().message(errno);
    close(process_);
    throw std::runtime_error("--parent-pid: cannot wait for the end of that process: " + why);
  }
  thread_ = std::thread([this, ended = std::move(ended)] {
    std::array<pollfd, 2> watched{pollfd{process_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    while (poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
    }
    if (watched[0].revents != 0) ended();
  });
}

ParentWatch::~ParentWatch() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(stop_, &one, sizeof one);
    thread_.join();
  }
  if (process_ >= 0) close(process_);
  if (stop_ >= 0) close(stop_);
}

}  // namespace ddblog::cli
