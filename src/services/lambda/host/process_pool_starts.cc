// ProcessPool's starts of processes, and what becomes of those that fail.
#include <algorithm>
#include <cassert>

#include "services/lambda/host/init_error.h"
#include "services/lambda/host/process_pool.h"

namespace ddblog::lambda {

namespace {

constexpr Duration kFirstBackOff{100};
constexpr Duration kLongestBackOff{5000};

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
  watchMemory(*process);
  later.add([process] { process->start(); });
}

RuntimeProcess::Reply ProcessPool::failsInit(FunctionProcess& process, std::string error) {
  Later later;
  MutexLock lock(mutex_);
  if (process.work.state != State::kStarting) return RuntimeProcess::Reply::kWrongState;
  initFailed(
      process, [&](const std::string&) { return error; }, false, later);
  end(process, later);
  assign(later);
  return RuntimeProcess::Reply::kAccepted;
}

// A process ended before it asked for an invocation: the caller that has waited longest gets the
// error. Nobody waits for an event's: it comes again until the function can start.
void ProcessPool::initFailed(FunctionProcess& process, const std::function<std::string(const std::string&)>& error,
                             bool is_not_built, Later& later) {
  backOff();
  const std::string request_id = waiting_.empty() ? ids_.uuid() : waiting_.front().invocation.request_id;
  const std::string payload = error(request_id);
  reportInitError(payload, later);
  if (waiting_.empty()) return;
  if (waiting_.front().invocation.may_wait && (is_not_built || lacksPackages(*function_, payload))) {
    return throttleFirst(payload, later);
  }
  later.add([self = process.shared_from_this(), done = std::move(waiting_.front().done), payload] {
    done({InvocationResult::Kind::kFunctionError, payload, self->process().takeTail({})});
  });
  waiting_.pop_front();
}

// Reports it once, because a function that cannot start is tried again and again.
void ProcessPool::reportInitError(const std::string& payload, Later& later) {
  std::vector<std::string> lines = describeInitError(*function_, payload);
  if (lines == reported_init_error_) return;
  reported_init_error_ = lines;
  later.add([&log = dependencies_.log, name = function_->name, lines = std::move(lines)] {
    for (const std::string& line : lines) log(name + ": " + line);
  });
}

void ProcessPool::lackedResources(const std::string& reason, Later& later) {
  backOff();
  later.add([&log = dependencies_.log,
             line = function_->name + ": throttled, the machine has no more to give: " + reason] { log(line); });
  if (!waiting_.empty()) throttleFirst({}, later);
}

void ProcessPool::throttleFirst(std::string error, Later& later) {
  later.add([done = std::move(waiting_.front().done), error = std::move(error)] {
    done({InvocationResult::Kind::kThrottled, error, {}});
  });
  waiting_.pop_front();
}

void ProcessPool::backOff() {
  ++init_failures_;
  if (init_failures_ == 1) return;
  const int doublings = std::min(init_failures_ - 2, 10);
  start_again_at_ = clock_.runningTime() + std::min(kLongestBackOff, kFirstBackOff * (1 << doublings));
}

}  // namespace ddblog::lambda
