// Wakes threads that wait for a commit, so nothing on an event's path polls. A command names the
// notifiers of the data that it writes (Transaction::notifyAfterCommit), and the store notifies
// them once the writes are durable.
//
// Thread safety: notify and listen may be called from any thread. Listeners run on the thread that
// notifies (after a commit: the writer thread), so a listener must only set a flag, notify a
// condition variable or post to an executor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "base/thread_annotations.h"

namespace ddblog {

class CommitNotifier {
 public:
  // Unsubscribes when destroyed. After that the listener is not running and will not run again.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept : notifier_(std::exchange(other.notifier_, nullptr)), id_(other.id_) {}
    Subscription& operator=(Subscription&& other) noexcept {
      std::swap(notifier_, other.notifier_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Subscription() {
      if (notifier_) notifier_->forget(id_);
    }

   private:
    friend class CommitNotifier;
    Subscription(CommitNotifier* notifier, std::uint64_t id) : notifier_(notifier), id_(id) {}
    CommitNotifier* notifier_ = nullptr;
    std::uint64_t id_ = 0;
  };

  [[nodiscard]] Subscription listen(std::function<void()> listener) {
    MutexLock lock(mutex_);
    listeners_.emplace(++last_id_, std::move(listener));
    return Subscription(this, last_id_);
  }

  void notify() {
    MutexLock lock(mutex_);
    for (auto& [id, listener] : listeners_) listener();
  }

 private:
  void forget(std::uint64_t id) {
    MutexLock lock(mutex_);
    listeners_.erase(id);
  }

  Mutex mutex_;
  std::uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  std::map<std::uint64_t, std::function<void()>> listeners_ GUARDED_BY(mutex_);
};

}  // namespace ddblog
