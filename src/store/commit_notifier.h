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
#include <memory>
#include <utility>

#include "base/thread_annotations.h"

namespace ddblog {

class CommitNotifier {
  class Listeners;

 public:
  // Unsubscribes when destroyed. After that the listener is not running and will not run again.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept
        : listeners_(std::exchange(other.listeners_, nullptr)), id_(other.id_) {}
    Subscription& operator=(Subscription&& other) noexcept {
      std::swap(listeners_, other.listeners_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Subscription() {
      if (listeners_) listeners_->remove(id_);
    }

   private:
    friend class CommitNotifier;
    Subscription(Listeners* listeners, std::uint64_t id) : listeners_(listeners), id_(id) {}
    Listeners* listeners_ = nullptr;
    std::uint64_t id_ = 0;
  };

  // For whoever may notify later than the notifier lives.
  class Weak {
   public:
    explicit Weak(const CommitNotifier& notifier) : listeners_(notifier.listeners_) {}
    // Does nothing if the notifier is gone.
    void notify() const {
      if (const auto listeners = listeners_.lock()) listeners->notify();
    }
    friend bool operator<(const Weak& a, const Weak& b) { return a.listeners_.owner_before(b.listeners_); }

   private:
    std::weak_ptr<Listeners> listeners_;
  };

  [[nodiscard]] Subscription listen(std::function<void()> listener) {
    return Subscription(listeners_.get(), listeners_->add(std::move(listener)));
  }

  void notify() { listeners_->notify(); }

 private:
  class Listeners {
   public:
    std::uint64_t add(std::function<void()> listener) {
      MutexLock lock(mutex_);
      listeners_.emplace(++last_id_, std::move(listener));
      return last_id_;
    }
    void remove(std::uint64_t id) {
      MutexLock lock(mutex_);
      listeners_.erase(id);
    }
    void notify() {
      MutexLock lock(mutex_);
      for (auto& [id, listener] : listeners_) listener();
    }

   private:
    Mutex mutex_;
    std::uint64_t last_id_ GUARDED_BY(mutex_) = 0;
    std::map<std::uint64_t, std::function<void()>> listeners_ GUARDED_BY(mutex_);
  };

  std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
};

}  // namespace ddblog
