// Holds back requests while the APIs behind the server are replaced.
//
//   Gate::Pass pass = gate.enter();              // for each request; it is given back when that is answered
//   if (!pass) gate.whenOpen([] { … });          // then it enters
//
//   gate.close(limit);                           // waits until all passes are back
//   gate.open();
//
// Thread safety: enter() and whenOpen() from any thread; close() and open() by one thread. The callbacks
// run on the thread that opens, without a lock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "base/thread_annotations.h"

namespace ddblog::server {

class Gate {
 public:
  // Must not outlive the gate.
  class Pass {
   public:
    Pass() = default;
    explicit Pass(Gate& gate) : gate_(&gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Pass() {
      if (gate_) gate_->leave();
    }
    explicit operator bool() const { return gate_ != nullptr; }

   private:
    Gate* gate_ = nullptr;
  };

  // An empty pass: the gate is closed.
  Pass enter();
  // At once, if it is open.
  void whenOpen(std::function<void()> enter);

  // Returns whether all passes are back; if not, `limit` is over.
  bool close(std::chrono::milliseconds limit);
  void open();

 private:
  void leave();

  std::atomic<bool> is_closed_{false};
  std::atomic<std::size_t> inside_{0};
  Mutex mutex_;
  CondVar left_;
  std::vector<std::function<void()>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace ddblog::server
