// Wakes the readers of a table's change records when a commit has written some. There is one
// notifier per table, so a write to one table does not wake the readers of others.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/thread_annotations.h"
#include "store/commit_notifier.h"

namespace ddblog::dynamodb {

class ChangeNotifiers {
 public:
  // Notified after each commit that wrote change records of the table (which need not exist yet) or
  // closed one of its shards. It lives as long as this object. A write requests the notification
  // whether or not there is a listener, so a listener that subscribes between a command and its
  // commit is notified too.
  CommitNotifier& of(std::string_view table_name) {
    MutexLock lock(mutex_);
    const auto found = notifiers_.find(table_name);
    if (found != notifiers_.end()) return found->second;
    return notifiers_.try_emplace(std::string(table_name)).first->second;
  }

 private:
  Mutex mutex_;
  std::map<std::string, CommitNotifier, std::less<>> notifiers_ GUARDED_BY(mutex_);  // as many as tables with a stream
};

}  // namespace ddblog::dynamodb
