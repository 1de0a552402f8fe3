// Of ProcessPool: actions that must not run under the pool's mutex (responses, results, kills).
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "services/lambda/host/process_pool.h"

namespace ddblog::lambda {

// Its destructor runs the actions, so declare it before the lock.
class ProcessPool::Later {
 public:
  ~Later() {
    for (auto& action : actions_) action();
  }
  void add(std::function<void()> action) { actions_.push_back(std::move(action)); }

 private:
  std::vector<std::function<void()>> actions_;
};

}  // namespace ddblog::lambda
