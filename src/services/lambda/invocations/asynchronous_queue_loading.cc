// The part of AsynchronousQueue that loads invocations from the store.
#include <cassert>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#include "services/lambda/functions/limits.h"
#include "services/lambda/invocations/asynchronous_queue.h"
#include "store/key_space.h"

namespace ddblog::lambda {
namespace {

constexpr std::size_t kLoadFactor = 4;  // times as many are loaded as are with the host
constexpr std::size_t kLanesPerProcess = 2;
constexpr std::size_t kWindowBytes = 16u << 20;      // of loaded payloads in one queue
constexpr std::size_t kMostLoaded = 1000;            // invocations in all queues
constexpr std::size_t kMostLoadedBytes = 64u << 20;  // of their payloads; one invocation may be larger

}  // namespace

// Loads due invocations. Returns when to look again if there are none.
RunningTime AsynchronousQueue::load(const std::string& function_name, FunctionQueue& queue,
                                    const FunctionPointer& function, std::size_t window, const Snapshot& snapshot) {
  std::vector<PendingPointer> due;
  RunningTime next_look = RunningTime::max();
  try {
    next_look = readDue(function_name, queue, function, window, snapshot, due);
  } catch (const std::exception&) {
    if (due.empty()) throw;  // else what was read goes on, and the next load meets the error again
  }
  const bool is_in_order = window <= kWindowFactor;  // one process
  const std::size_t lanes = is_in_order ? 1 : window / kWindowFactor * kLanesPerProcess;
  const std::size_t of_lane = (due.size() + lanes - 1) / lanes;
  for (std::size_t first = 0; first < of_lane; ++first) {
    for (std::size_t i = first; i < due.size(); i += of_lane) queue.loaded.push_back(std::move(due[i]));
  }
  return next_look;
}

// Adds due invocations to `due`, and counts them as in flight. Those that were added count even if it throws.
RunningTime AsynchronousQueue::readDue(const std::string& function_name, FunctionQueue& queue,
                                       const FunctionPointer& function, std::size_t window, const Snapshot& snapshot,
                                       std::vector<PendingPointer>& due) {
  const bool has_plenty = loaded_ < kMostLoaded / 2 && loaded_bytes_ < kMostLoadedBytes / 2;
  const std::size_t most = has_plenty ? window * kLoadFactor : window;
  const RunningTime now = clock_.runningTime();
  RunningTime next_look = RunningTime::max();
  auto cursor = snapshot.cursor(dueKey(function_name, queue.scan_from), endOfPrefix(queuePrefix(function_name)));
  for (; cursor->valid() && due.size() < most; cursor->next()) {
    const QueuePosition position = positionOf(cursor->key());
    queue.scan_from = position;
    if (queue.in_flight.contains(position.id) || queue.unreadable.contains(position.id)) continue;
    if (position.due > now) {
      next_look = position.due;
      break;
    }
    if (queue.in_flight_bytes >= kWindowBytes) break;  // the next attempt that finishes wakes the thread
    if (loaded_ >= kMostLoaded || loaded_bytes_ >= kMostLoadedBytes) {
      starved_ = true;
      break;
    }
    const PendingPointer waiting = tryLoad(snapshot, *cursor);
    if (!waiting) {
      queue.unreadable.insert(position.id);
      continue;
    }
    if (!function && now - waiting->enqueued_at < limits::kAsyncAge) {
      next_look = waiting->enqueued_at + limits::kAsyncAge;
      break;
    }
    [[maybe_unused]] const bool is_new = queue.in_flight.insert(position.id).second;
    assert(is_new && waiting->position == position);
    queue.in_flight_bytes += waiting->payload.text->size();
    loaded_bytes_ += waiting->payload.text->size();
    ++loaded_;
    due.push_back(waiting);
  }
  // Everything up to here is in flight. A later put has a later position or produces an event with
  // its position.
  if (!cursor->valid()) ++queue.scan_from.id;
  return next_look;
}

// nullptr: it is damaged, which another attempt would not change; it stays in the store.
PendingPointer AsynchronousQueue::tryLoad(const Snapshot& snapshot, const Cursor& cursor) {
  try {
    return std::make_shared<PendingInvocation>(loadPending(snapshot, cursor.key(), cursor.value(), payloads_));
  } catch (const StoreFailed&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    log_("lambda: an invocation of " + KeyParser(cursor.key()).text() +
         " is left out until the next start, because it cannot be read: " + error.what());
    return nullptr;
  }
}

// The function does not exist any more, so what is loaded waits in the store.
void AsynchronousQueue::putBack(FunctionQueue& queue) {
  for (const PendingPointer& waiting : queue.loaded) {
    queue.scan_from = std::min(queue.scan_from, waiting->position);
    queue.in_flight.erase(waiting->position.id);
    queue.in_flight_bytes -= waiting->payload.text->size();
    loaded_bytes_ -= waiting->payload.text->size();
    --loaded_;
  }
  queue.loaded.clear();
}

}  // namespace ddblog::lambda
