// ProcessPool's limits of processes: their time, their memory, and how long surplus ones stay.
#include <algorithm>

#include "services/lambda/host/function_error.h"
#include "services/lambda/host/memory_use.h"
#include "services/lambda/host/process_pool.h"

namespace ddblog::lambda {

namespace {

constexpr Duration kMemoryLook{100};  // ours: from a look at a process's memory to the next
constexpr Duration kExactLook{1000};  // ours: between two exact looks, which cost more

}  // namespace

void ProcessPool::armTimer(FunctionProcess& process, Duration limit) {
  timers_.cancel(process.work.timer);
  // The number distinguishes this timer from a later one of the same process, in case it fires
  // while it is being cancelled.
  const std::uint64_t number = ++process.work.limit_number;
  process.work.timer = timers_.at(clock_.runningTime() + limit,
                                  [weak = weak_from_this(), weak_process = process.weak_from_this(), number] {
                                    const auto self = weak.lock();
                                    const auto process = weak_process.lock();
                                    if (self && process) self->overTime(*process, number);
                                  });
}

void ProcessPool::overTime(FunctionProcess& process, std::uint64_t limit_number) {
  Later later;
  MutexLock lock(mutex_);
  if (process.work.limit_number != limit_number || process.work.state == State::kIdle ||
      process.work.state == State::kEnding)
    return;
  if (process.work.state == State::kBusy) {
    return killInInvocation(process, timedOut(process.work.invocation.request_id, process.function()->timeout), later);
  }
  if (process.work.state == State::kStarting) {
    const Duration limit = std::max(kInitLimit, process.function()->timeout);
    initFailed(
        process, [limit](const std::string& request_id) { return timedOut(request_id, limit); }, false, later);
  }
  end(process, later);
  assign(later);
}

// Looks again and again while the process starts or runs an invocation. In between it is idle, and
// uses no more.
void ProcessPool::watchMemory(FunctionProcess& process) {
  if (process.work.memory_is_watched) return;
  process.work.memory_is_watched = true;
  timers_.at(clock_.runningTime() + kMemoryLook, [weak = weak_from_this(), weak_process = process.weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->dependencies_.memory_looks.post([weak, weak_process] {
      const auto looking = weak.lock();
      const auto watched = weak_process.lock();
      if (looking && watched) looking->lookAtMemory(*watched);
    });
  });
}

// On the thread for it: a function can have many processes.
void ProcessPool::lookAtMemory(FunctionProcess& process) {
  RunningTime exact_look_at;
  {
    MutexLock lock(mutex_);
    exact_look_at = process.work.exact_look_at;
  }
  const pid_t reaper = process.process().reaper();
  const std::uint64_t limit = static_cast<std::uint64_t>(process.function()->memory_size) << 20;
  std::optional<std::uint64_t> used = memoryInUse(reaper);
  if (used && *used > limit) {
    const bool is_due = clock_.runningTime() >= exact_look_at;
    used = is_due ? exactMemoryInUse(reaper) : std::nullopt;
    if (is_due) exact_look_at = clock_.runningTime() + kExactLook;
  }
  Later later;
  MutexLock lock(mutex_);
  process.work.memory_is_watched = false;
  process.work.exact_look_at = exact_look_at;
  if (process.work.state == State::kEnding || process.work.out_of_memory) return;
  if (!used || *used <= limit) {
    if (process.work.state != State::kIdle) watchMemory(process);
    return;
  }
  later.add([&log = dependencies_.log,
             line = function_->reference() + ": ended, because it used " + std::to_string(*used >> 20) + " MB of its " +
                    std::to_string(process.function()->memory_size) + " MB of memory (MemorySize)"] { log(line); });
  process.work.out_of_memory = process.work.is_outdated = true;
  if (process.work.state == State::kIdle) return end(process, later);
  later.add([killed = process.shared_from_this()] { killed->kill(); });  // its invocation fails when it has ended
}

void ProcessPool::endSurplus(Later& later) {
  int idle = count(State::kIdle);
  RunningTime next = RunningTime::max();
  for (const auto& process : processes_) {
    if (idle <= 1) break;
    if (process->work.state != State::kIdle) continue;
    const RunningTime ends_at = process->work.since + settings_.surplus_idle;
    if (ends_at <= clock_.runningTime()) {
      end(*process, later);
      --idle;
    } else {
      next = std::min(next, ends_at);
    }
  }
  if (idle <= 1 || next == RunningTime::max() || surplus_timer_armed_) return;
  surplus_timer_armed_ = true;
  timers_.at(next, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    Later then;
    MutexLock lock(self->mutex_);
    self->surplus_timer_armed_ = false;
    self->endSurplus(then);
  });
}

}  // namespace ddblog::lambda
