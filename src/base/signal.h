// "Something new is there": how a commit wakes what waits for it, so that nothing on an event's way polls.
//
// Thread safety: raise and listen may be called from any thread. Listeners run on the thread that raises (after a
// commit: the writer thread), so a listener only sets a flag, notifies a condition variable or posts to an executor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "base/thread_annotations.h"

namespace ddblog {

class Signal {
 public:
  // Ends the listening when it is destroyed. After that the listener is not running and will not run any more.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept : signal_(std::exchange(other.signal_, nullptr)), id_(other.id_) {}
    Subscription& operator=(Subscription&& other) noexcept {
      std::swap(signal_, other.signal_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Subscription() {
      if (signal_) signal_->forget(id_);
    }

   private:
    friend class Signal;
    Subscription(Signal* signal, std::uint64_t id) : signal_(signal), id_(id) {}
    Signal* signal_ = nullptr;
    std::uint64_t id_ = 0;
  };

  [[nodiscard]] Subscription listen(std::function<void()> listener) {
    MutexLock lock(mutex_);
    listeners_.emplace(++last_id_, std::move(listener));
    return Subscription(this, last_id_);
  }

  void raise() {
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
