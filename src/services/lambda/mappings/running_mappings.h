// The running event source mappings. They follow those in the store: whoever changes one there calls
// changed(), and a thread then starts, restarts or ends its readers.
//
//   store.write(…, [&](std::exception_ptr) { mappings.changed(uuid); });
//
// A reader ends after its running invocation, and a mapping starts again after its readers have ended:
// so a change takes effect between two batches. Changes of other mappings wait until then.
// Thread safety: startAll, requestStop and join from one thread; the rest may be called from any
// thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/task_thread.h"
#include "base/thread_annotations.h"
#include "services/lambda/mappings/event_source_mapping.h"
#include "services/lambda/mappings/stored_mappings.h"

namespace ddblog::lambda {

class RunningMappings {
 public:
  using Pointer = std::shared_ptr<EventSourceMapping>;

  explicit RunningMappings(const MappingDependencies& dependencies) : dependencies_(dependencies) {}

  // Starts the mappings in the store. Changes before that need not be said.
  void startAll();
  // The mapping was stored, changed or is being deleted. Call it after the commit.
  void changed(const std::string& uuid);
  std::vector<Pointer> all() const;
  // No mapping starts any more, and those that run end after their running invocations.
  void requestStop();
  void join();

  // What GetEventSourceMapping says: "Creating", "Enabled", "Disabling", "Disabled", "Enabling",
  // "Updating", "Deleting".
  std::string stateOf(const StoredMapping& mapping) const;
  std::string lastResultOf(const StoredMapping& mapping) const;

 private:
  struct Entry {
    std::string uuid;
    std::string request;  // what it was started with
    Pointer mapping;
  };

  void follow(const std::string& uuid);
  void start(const StoredMapping& mapping);
  void end(const std::string& uuid);
  const Entry* find(const std::string& uuid) const REQUIRES(mutex_);
  bool isStopping() const;

  const MappingDependencies& dependencies_;
  mutable Mutex mutex_;
  std::vector<Entry> entries_ GUARDED_BY(mutex_);
  bool started_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  TaskThread changes_;
};

}  // namespace ddblog::lambda
