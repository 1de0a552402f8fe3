// Runs a function for each of some numbers on several threads.
//
// Thread safety: `work` is called from several threads at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"

namespace ddblog {

// Calls work(0) … work(count - 1), at most `threads` at a time. If one throws, no further ones begin, and the last
// exception is rethrown when those that run have ended.
template <class Work>
void inParallel(std::size_t count, std::size_t threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  Mutex mutex;
  std::exception_ptr failed;
  const auto loop = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        MutexLock lock(mutex);
        failed = std::current_exception();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(threads, count); ++i) workers.emplace_back(loop);
  }
  if (failed) std::rethrow_exception(failed);
}

}  // namespace ddblog
