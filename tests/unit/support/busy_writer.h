// Keeps a store's writer busy, so that the commands which a test sends meanwhile are one batch.
//
//   BusyWriter busy(*store);
//   store->write(…);
//   store->write(…);
//   busy.release();
#pragma once

#include <future>
#include <memory>

#include "store/store.h"

namespace ddblog {

class BusyWriter {
 public:
  // Returns when the writer is busy.
  explicit BusyWriter(Store& store) {
    store.write(
        [state = state_](Transaction&) {
          state->is_busy.set_value();
          state->released.get_future().wait();
        },
        [](std::exception_ptr) {});
    state_->is_busy.get_future().wait();
  }
  // Call it once.
  void release() { state_->released.set_value(); }

 private:
  struct State {
    std::promise<void> is_busy;
    std::promise<void> released;
  };

  const std::shared_ptr<State> state_ = std::make_shared<State>();  // the writer may still wake when the test is over
};

}  // namespace ddblog
