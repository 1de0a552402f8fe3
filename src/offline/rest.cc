#include "offline/rest.h"

#include <utility>

#include "store/commits.h"

namespace ddblog::offline {

Rest::Rest(Dependencies dependencies) : dependencies_(std::move(dependencies)) {
  dependencies_.clock.listenToWaits([this] { wake(); });
  commits_ = commitsOf(dependencies_.store).listen([this] { wake(); });
}

Rest::~Rest() { dependencies_.clock.listenToWaits(nullptr); }

// A commit may be on its way that gives somebody work, so the writer comes first.
Rest::Look Rest::look(const Action& action) {
  Look look;
  dependencies_.store.drain();
  look.found.activity = dependencies_.activity();
  if (!look.found.activity.busy_with.empty()) {
    dependencies_.hurry();
    return look;
  }
  dependencies_.take_arrived();
  dependencies_.store.writeAndWait([&](const Transaction& transaction) {
    if (!transaction.isFirst()) return;
    rpc::Activity again = dependencies_.activity();
    const bool is_the_same = again.changes == look.found.activity.changes;
    look.found.activity = std::move(again);
    if (!look.found.activity.busy_with.empty() || !is_the_same) return;
    look.found.delays = dependencies_.delays();
    // A delay that has ended meanwhile is missing there, and is work that is due.
    const rpc::Activity after = dependencies_.activity();
    if (!after.busy_with.empty() || after.changes != look.found.activity.changes) return;
    look.is_at_rest = true;
    action(look.found);
  });
  return look;
}

std::uint64_t Rest::changes() const { return changes_; }

void Rest::await(std::uint64_t seen, RunningTime deadline) {
  MutexLock lock(mutex_);
  ++waiting_;
  while (changes_ == seen && dependencies_.real_time.runningTime() < deadline) {
    dependencies_.real_time.wait(lock, changed_, deadline);
  }
  --waiting_;
}

// Each commit comes here, so it takes the lock only for somebody: who waits counts itself before it looks at
// changes_.
void Rest::wake() {
  ++changes_;
  if (waiting_ == 0) return;
  MutexLock lock(mutex_);
  changed_.notifyAll();
}

}  // namespace ddblog::offline
