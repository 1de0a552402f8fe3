// Who waits for a table's change records is woken by the commit that wrote some: a notifier per
// table, so that what waits for one table sleeps while others are written to.
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
  // Notified after each commit that wrote change records of the table (there need not be one of
  // that name yet), or ended a shard of it. It lives as long as this object. A write asks for it
  // whether somebody listens or not: who begins to listen between a command and its commit is
  // notified too.
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
