// ProcessPool's times: starts and their back-off, time limits, the end of surplus processes, and the
// faults that a test wants (base/faults.h): slow functions, and processes that are killed.
#include <algorithm>
#include <cassert>
#include <csignal>
#include <utility>

#include "rpc/fault_identity.h"
#include "services/lambda/host/function_error.h"
#include "services/lambda/host/process_pool.h"
#include "services/lambda/host/process_pool_later.h"

namespace ddblog::lambda {

namespace {

constexpr Duration kInitLimit = std::chrono::seconds(10);  // Lambda's limit for the start of a process
constexpr Duration kFirstBackOff{100};
constexpr Duration kLongestBackOff{5000};
constexpr Duration kLeastSlow{20};  // ours: by which a fault delays an invocation
constexpr Duration kMostSlow{400};
constexpr Duration kShortestLife{1};  // ours: of a process that a fault kills, from when it gets the invocation
constexpr Duration kLongestLife{30};

Duration scaled(Duration most, double part) { return std::chrono::duration_cast<Duration>(most * part); }

using State = FunctionProcess::Work::State;

}  // namespace

void ProcessPool::startMore(Later& later) {
  if (stopping_) return;
  const int limit = std::min(function_->reserved_concurrency.value_or(settings_.concurrency), settings_.concurrency);
  int starting = count(State::kStarting);
  int alive = static_cast<int>(processes_.size()) - count(State::kEnding);
  while (starting < static_cast<int>(waiting_.size()) && alive < limit) {
    if (init_failures_ > 0 && starting > 0) return;  // one attempt at a time until one succeeds
    if (clock_.runningTime() < start_again_at_) {
      if (start_timer_armed_) return;
      start_timer_armed_ = true;
      timers_.at(start_again_at_, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        Later then;
        MutexLock lock(self->mutex_);
        self->start_timer_armed_ = false;
        self->startMore(then);
      });
      return;
    }
    startOne(later);
    ++starting;
    ++alive;
  }
}

void ProcessPool::startOne(Later& later) {
  assert(!stopping_);
  auto process = std::make_shared<FunctionProcess>(dependencies_, weak_from_this(), function_,
                                                   name_ + "/" + std::to_string(++last_number_));
  processes_.push_back(process);
  become(*process, State::kStarting);
  armTimer(*process, std::max(kInitLimit, function_->timeout));
  process->prepare();
  later.add([process] { process->start(); });
}

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
    finish(process,
           {InvocationResult::Kind::kFunctionError,
            timedOut(process.work.invocation.request_id, process.function()->timeout),
            {}},
           later);
  } else if (process.work.state == State::kStarting) {
    const Duration limit = std::max(kInitLimit, process.function()->timeout);
    initFailed(
        process, [limit](const std::string& request_id) { return timedOut(request_id, limit); }, later);
  }
  end(process, later);
  assign(later);
}

void ProcessPool::backOff() {
  ++init_failures_;
  if (init_failures_ == 1) return;
  const int doublings = std::min(init_failures_ - 2, 10);
  start_again_at_ = clock_.runningTime() + std::min(kLongestBackOff, kFirstBackOff * (1 << doublings));
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

// Draws the faults of the invocation that the process was given. True: it is handed out later.
bool ProcessPool::injectFaults(FunctionProcess& process) {
  const Invocation& invocation = process.work.invocation;
  const std::string identity = process.function()->reference() + ' ' + rpc::faultIdentity(invocation.payload);
  const auto slow = settings_.faults->strike(Fault::kSlow, identity);
  const auto crash = settings_.faults->strike(Fault::kCrashFunction, identity);
  const Duration begins_after = slow ? kLeastSlow + scaled(kMostSlow - kLeastSlow, *slow) : Duration(0);
  if (slow) inInvocation(process, begins_after, &ProcessPool::handOutLate);
  if (crash) {
    process.work.dies = true;  // with its answer, if that comes first
    inInvocation(process, begins_after + kShortestLife + scaled(kLongestLife - kShortestLife, *crash),
                 &ProcessPool::die);
  }
  return slow.has_value();
}

// Runs the action with mutex_ held after `delay`, if the process still runs its invocation then.
void ProcessPool::inInvocation(FunctionProcess& process, Duration delay, InInvocation action) {
  timers_.at(clock_.runningTime() + delay, [weak = weak_from_this(), weak_process = process.weak_from_this(),
                                            number = process.work.limit_number, action] {
    const auto self = weak.lock();
    const auto process = weak_process.lock();
    if (!self || !process) return;
    Later later;
    MutexLock lock(self->mutex_);
    if (process->work.state != State::kBusy || process->work.limit_number != number) return;
    (self.get()->*action)(*process, later);
  });
}

void ProcessPool::handOutLate(FunctionProcess& process, Later& later) {
  if (process.work.next) handOut(process, std::exchange(process.work.next, nullptr), later);
}

// The process is killed in the middle of its invocation.
void ProcessPool::die(FunctionProcess& process, Later& later) {
  const ExitStatus killed{.signalled = true, .number = SIGKILL};
  finish(process,
         {InvocationResult::Kind::kFunctionError, runtimeExited(process.work.invocation.request_id, killed), {}},
         later);
  end(process, later);
  assign(later);
}

}  // namespace ddblog::lambda
