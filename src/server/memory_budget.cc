#include "server/memory_budget.h"

#include <algorithm>
#include <vector>

namespace ddblog::server {

void MemoryBudget::Share::shrink(std::size_t bytes) {
  if (bytes >= bytes_) return;
  budget_->giveBack(bytes_ - bytes);
  bytes_ = bytes;
}

void MemoryBudget::updateFlags() {
  is_wanted_.store(!line_.empty() || taken_ > total_, std::memory_order_relaxed);
  is_exhausted_.store(taken_ >= 2 * total_, std::memory_order_relaxed);
}

void MemoryBudget::take(std::size_t bytes, Granted granted) {
  bytes = std::min(bytes, total_);
  {
    MutexLock lock(mutex_);
    if (!line_.empty() || taken_ + bytes > total_) {
      line_.push_back({bytes, std::move(granted)});
      updateFlags();
      return;
    }
    taken_ += bytes;
  }
  granted(Share(this, bytes));
}

MemoryBudget::Share MemoryBudget::overdraw(std::size_t bytes) {
  MutexLock lock(mutex_);
  taken_ += bytes;
  updateFlags();
  return {this, bytes};
}

void MemoryBudget::giveBack(std::size_t bytes) {
  std::vector<Waiting> next;
  {
    MutexLock lock(mutex_);
    taken_ -= bytes;
    while (!line_.empty() && taken_ + line_.front().bytes <= total_) {
      taken_ += line_.front().bytes;
      next.push_back(std::move(line_.front()));
      line_.pop_front();
    }
    updateFlags();
  }
  for (const Waiting& one : next) one.granted(Share(this, one.bytes));
}

void MemoryBudget::dismissWaiting() {
  std::deque<Waiting> dismissed;  // destroyed after the lock is released
  MutexLock lock(mutex_);
  dismissed.swap(line_);
  updateFlags();
}

}  // namespace ddblog::server
