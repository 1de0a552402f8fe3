// Collects actions that must not run under a mutex: responses, results, kills. Its destructor runs
// them, so declare it before the lock.
//
//   Later later;
//   MutexLock lock(mutex_);
//   later.add([done] { done(); });
//
// Thread safety: none; it is on the stack of one thread.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace ddblog::lambda {

class Later {
 public:
  Later() = default;
  Later(const Later&) = delete;
  ~Later() {
    for (auto& action : actions_) action();
  }
  void add(std::function<void()> action) { actions_.push_back(std::move(action)); }

 private:
  std::vector<std::function<void()>> actions_;
};

}  // namespace ddblog::lambda
