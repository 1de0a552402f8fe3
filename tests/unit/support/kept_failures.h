// A recorder of failures that only keeps them.
#pragma once

#include <vector>

#include "base/thread_annotations.h"
#include "rpc/failures.h"

namespace ddblog {

class KeptFailures : public rpc::FailureRecorder {
 public:
  void record(Transaction&, const rpc::Failure& failure) override {
    MutexLock lock(mutex_);
    failures_.push_back(failure);
  }
  std::vector<rpc::Failure> all() const {
    MutexLock lock(mutex_);
    return failures_;
  }

 private:
  mutable Mutex mutex_;
  std::vector<rpc::Failure> failures_ GUARDED_BY(mutex_);
};

}  // namespace ddblog
