#include "services/lambda/host/supervisor.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace ddblog::lambda {

Supervisor::Supervisor() : wake_descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  thread_ = std::thread([this] { run(); });
}

Supervisor::~Supervisor() {
  stop();
  ::close(wake_descriptor_);
}

void Supervisor::post(std::function<void()> job) {
  {
    MutexLock lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_descriptor_, &one, sizeof one);  // a full counter wakes it too
}

void Supervisor::watch(int descriptor, std::function<void()> ready) { watched_[descriptor] = std::move(ready); }

void Supervisor::unwatch(int descriptor) { watched_.erase(descriptor); }

void Supervisor::stop() {
  post([this] { stopping_ = true; });
  if (thread_.joinable()) thread_.join();
}

bool Supervisor::runJobs() {
  std::vector<std::function<void()>> jobs;
  {
    MutexLock lock(mutex_);
    jobs.swap(jobs_);
  }
  for (auto& job : jobs) job();
  return !jobs.empty();
}

void Supervisor::run() {
  std::vector<pollfd> descriptors;
  while (true) {
    while (runJobs()) {
    }
    if (stopping_) return;
    descriptors.assign(1, {wake_descriptor_, POLLIN, 0});
    for (const auto& [descriptor, ready] : watched_) descriptors.push_back({descriptor, POLLIN, 0});
    if (::poll(descriptors.data(), descriptors.size(), -1) < 0) continue;  // EINTR
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(wake_descriptor_, &count, sizeof count);
    for (std::size_t i = 1; i < descriptors.size(); ++i) {
      if (descriptors[i].revents == 0) continue;
      const auto found = watched_.find(descriptors[i].fd);  // an earlier callback may have unwatched it
      if (found == watched_.end()) continue;
      const auto ready = found->second;  // a copy, as the callback may unwatch itself
      ready();
    }
  }
}

}  // namespace ddblog::lambda
