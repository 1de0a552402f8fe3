// The running event source mappings.
//
// Thread safety: start, requestStop and join from one thread; all() from any thread.
#pragma once

#include <memory>
#include <vector>

#include "base/thread_annotations.h"
#include "services/lambda/mappings/event_source_mapping.h"

namespace ddblog::lambda {

class RunningMappings {
 public:
  using Pointer = std::shared_ptr<EventSourceMapping>;

  // Starts a mapping and adds it to all().
  void start(Pointer mapping) {
    mapping->start();
    MutexLock lock(mutex_);
    mappings_.push_back(std::move(mapping));
  }
  std::vector<Pointer> all() const {
    MutexLock lock(mutex_);
    return mappings_;
  }
  void requestStop() {
    for (const Pointer& mapping : all()) mapping->requestStop();
  }
  void join() {
    for (const Pointer& mapping : all()) mapping->join();
  }

 private:
  mutable Mutex mutex_;
  std::vector<Pointer> mappings_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::lambda
