#include "services/sqs/queues/waiting_receives.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {

bool WaitingReceives::add(WaitingReceivePointer receive) {
  {
    MutexLock lock(mutex_);
    if (!is_open_) return false;
    Waiting& of_queue = waiting_[receive->queue_name];
    of_queue.push_back(std::move(receive));
  }
  added_.notify();
  return true;
}

bool WaitingReceives::remove(const WaitingReceivePointer& receive) {
  MutexLock lock(mutex_);
  const auto of_queue = waiting_.find(receive->queue_name);
  if (of_queue == waiting_.end()) return false;
  const bool was_there = std::erase(of_queue->second, receive) > 0;
  if (of_queue->second.empty()) waiting_.erase(of_queue);
  return was_there;
}

void WaitingReceives::open() {
  MutexLock lock(mutex_);
  is_open_ = true;
}

void WaitingReceives::close() {
  std::map<std::string, Waiting> waiting;
  {
    MutexLock lock(mutex_);
    is_open_ = false;
    waiting.swap(waiting_);
  }
  for (const auto& [name, of_queue] : waiting) {
    for (const WaitingReceivePointer& receive : of_queue) receive->answer({}, nullptr);
  }
}

RunningTime WaitingReceives::endLate(RunningTime now) {
  std::vector<WaitingReceivePointer> late;
  RunningTime next = RunningTime::max();
  {
    MutexLock lock(mutex_);
    for (auto of_queue = waiting_.begin(); of_queue != waiting_.end();) {
      std::erase_if(of_queue->second, [&](const WaitingReceivePointer& receive) {
        const bool is_late = receive->deadline <= now;
        if (is_late) late.push_back(receive);
        if (!is_late) next = std::min(next, receive->deadline);
        return is_late;
      });
      of_queue = of_queue->second.empty() ? waiting_.erase(of_queue) : std::next(of_queue);
    }
  }
  for (const WaitingReceivePointer& receive : late) receive->answer({}, nullptr);
  return next;
}

std::vector<WaitingReceivePointer> WaitingReceives::ofQueues(const std::set<std::string>& queue_names) {
  std::vector<WaitingReceivePointer> found;
  MutexLock lock(mutex_);
  for (const std::string& name : queue_names) {
    const auto of_queue = waiting_.find(name);
    if (of_queue != waiting_.end()) found.insert(found.end(), of_queue->second.begin(), of_queue->second.end());
  }
  return found;
}

// One command for all of them. If it fails, they go on waiting.
void WaitingReceives::serve(Store& store, const Catalog& catalog, Messages& messages,
                            const std::set<std::string>& queue_names) {
  const std::vector<WaitingReceivePointer> candidates = ofQueues(queue_names);
  if (candidates.empty()) return;
  std::vector<Served> served;
  store.writeAndWait([&](Transaction& transaction) {
    served.clear();
    std::set<std::string> empty;
    for (const WaitingReceivePointer& receive : candidates) {
      if (empty.contains(receive->queue_name)) continue;
      const auto queue = catalog.find(transaction, receive->queue_name);
      if (!queue) {
        served.push_back({receive, {}, std::make_exception_ptr(queueDoesNotExist())});
        continue;
      }
      std::vector<ReceivedMessage> received = messages.receive(transaction, *queue, receive->options);
      if (received.empty()) {
        empty.insert(receive->queue_name);
      } else {
        served.push_back({receive, std::move(received), nullptr});
      }
    }
  });
  for (Served& one : served) {
    // Only this thread ends receives, so it is still there, unless the command that added it has failed.
    if (remove(one.receive)) one.receive->answer(std::move(one.messages), one.error);
  }
}

}  // namespace ddblog::sqs
