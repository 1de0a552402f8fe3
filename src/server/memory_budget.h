// A sum of memory that requests share: the bodies that arrive, or the answers that clients have yet
// to read. It keeps the sum bounded, however many connections there are.
//
//   budget.take(bytes, [](MemoryBudget::Share share) { … });  // at once, or later, when it is our turn
//
// Requests wait in one line, so none is overtaken. A request takes all that it may need at once, and
// never waits for a budget while it holds a share of the same one, so no requests wait for each other
// in a cycle. The server ends a connection that holds a share and stands still while others wait
// (isWanted). Small requests take no share, so they touch no lock.
//
// Thread safety: all methods may be called from any thread. `granted` runs without a lock, on the
// thread that calls take() or the one that gives memory back.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

#include "base/thread_annotations.h"

namespace ddblog::server {

class MemoryBudget {
 public:
  // Bytes of a budget, which go back to it when the share ends. The budget must outlive it.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      release();
      budget_ = std::exchange(other.budget_, nullptr);
      bytes_ = std::exchange(other.bytes_, 0);
      return *this;
    }
    ~Share() { release(); }

    std::size_t bytes() const { return bytes_; }
    // Gives back what is above `bytes`.
    void shrink(std::size_t bytes);
    void release() { shrink(0); }

   private:
    friend class MemoryBudget;
    Share(MemoryBudget* budget, std::size_t bytes) : budget_(budget), bytes_(bytes) {}

    MemoryBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
  };
  using Granted = std::function<void(Share)>;

  explicit MemoryBudget(std::size_t bytes) : total_(bytes) {}

  // Takes `bytes`, but never more than the whole budget. The share comes at once or later.
  void take(std::size_t bytes, Granted granted);
  // Takes `bytes` without waiting, even if there is no room: for what is there already.
  Share overdraw(std::size_t bytes);

  // Whether somebody waits, or more is taken than there is.
  bool isWanted() const { return is_wanted_.load(std::memory_order_relaxed); }
  // Whether twice as much is taken as there is.
  bool isExhausted() const { return is_exhausted_.load(std::memory_order_relaxed); }
  // Forgets those who wait.
  void dismissWaiting();

 private:
  struct Waiting {
    std::size_t bytes;
    Granted granted;
  };
  void giveBack(std::size_t bytes);
  void updateFlags() REQUIRES(mutex_);

  const std::size_t total_;
  std::atomic<bool> is_wanted_{false};
  std::atomic<bool> is_exhausted_{false};
  Mutex mutex_;
  std::size_t taken_ GUARDED_BY(mutex_) = 0;
  std::deque<Waiting> line_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::server
