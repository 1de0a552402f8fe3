// Tells of every commit of a store, whatever it changed. (Who waits for certain data listens to a notifier
// of that data: Transaction::notifyAfterCommit.)
//
// Thread safety: as CommitNotifier.
#pragma once

#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog {

// Notified after each commit that changed something. `store`: one that Store::open has opened.
CommitNotifier& commitsOf(Store& store);

}  // namespace ddblog
