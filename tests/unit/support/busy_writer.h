// Keeps a store's writer busy, so that the commands which a test sends meanwhile are one batch.
//
//   BusyWriter busy(*store);
//   store->write(…);
//   store->write(…);
//   busy.release();
#pragma once

#include <future>

#include "store/store.h"

namespace ddblog {

class BusyWriter {
 public:
  // Returns when the writer is busy.
  explicit BusyWriter(Store& store) {
    store.write(
        [this](Transaction&) {
          is_busy_.set_value();
          released_.wait();
        },
        [](std::exception_ptr) {});
    is_busy_.get_future().wait();
  }
  // Call it once.
  void release() { release_.set_value(); }

 private:
  std::promise<void> is_busy_;
  std::promise<void> release_;
  const std::shared_future<void> released_ = release_.get_future().share();
};

}  // namespace ddblog
