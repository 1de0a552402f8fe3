#include "services/lambda/host/process_pool.h"

#include <algorithm>
#include <cassert>
#include <cstdio>

#include "services/lambda/host/function_error.h"
#include "services/lambda/host/invocation_report.h"
#include "services/lambda/host/memory_use.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kLongestQueue = 10'000;  // ours: beyond it, callers that may wait are throttled too
constexpr int kHandOuts = 3;                   // ours: of one invocation to one process

std::string newTraceRoot(Ids& ids, Timestamp now) {
  char text[48];
  std::snprintf(text, sizeof text, "1-%08llx-%016llx%08llx",
                static_cast<unsigned long long>(now.time_since_epoch().count() / 1000),
                static_cast<unsigned long long>(ids.number()),
                static_cast<unsigned long long>(ids.number() & 0xffffffff));
  return text;
}

// The parent is a segment that is not there: nobody samples it.
std::string traceId(const std::string& root) {
  return "Root=" + root + ";Parent=" + root.substr(root.size() - 16) + ";Sampled=0";
}

using State = FunctionProcess::Work::State;

// A process's states: starting -> idle -> busy -> answered -> idle …; it can end from any state but
// busy. A runtime may ask again while it is idle.
[[maybe_unused]] bool isTransition(State from, State to) {
  switch (to) {
    case State::kStarting:
      return from == State::kStarting;
    case State::kIdle:
      return from == State::kStarting || from == State::kAnswered || from == State::kIdle;
    case State::kBusy:
      return from == State::kIdle;
    case State::kAnswered:
      return from == State::kBusy;
    case State::kEnding:
      return from != State::kBusy && from != State::kEnding;
  }
  return false;
}

}  // namespace

ProcessPool::ProcessPool(Clock& clock, Ids& ids, Timers& timers, const ProcessDependencies& dependencies,
                         const PoolSettings& settings, FunctionPointer function, std::string name)
    : clock_(clock),
      ids_(ids),
      timers_(timers),
      dependencies_(dependencies),
      settings_(settings),
      name_(std::move(name)),
      function_(std::move(function)) {}

FunctionPointer ProcessPool::function() const {
  MutexLock lock(mutex_);
  return function_;
}

FileTime ProcessPool::oldestProcess() const {
  FileTime oldest = FileTime::max();
  MutexLock lock(mutex_);
  for (const auto& process : processes_) {
    const bool goes_on = !process->work.is_outdated && process->work.state != State::kEnding;
    if (goes_on) oldest = std::min(oldest, process->madeAt());
  }
  return oldest;
}

void ProcessPool::invoke(Invocation invocation, InvocationDone done) {
  std::string fault_identity = faultIdentity(invocation);
  Later later;
  MutexLock lock(mutex_);
  const auto refuse = [&](InvocationResult::Kind kind) {
    later.add([done = std::move(done), kind] { done({kind, {}, {}}); });
  };
  if (stopping_) return refuse(refused_as_);
  if (paused_) return refuse(InvocationResult::Kind::kStopped);
  const int reserved = function_->reserved_concurrency.value_or(-1);
  const bool used_up = reserved >= 0 && count(State::kBusy) + static_cast<int>(waiting_.size()) >= reserved;
  if (reserved == 0 || (used_up && !invocation.may_wait) || waiting_.size() >= kLongestQueue) {
    return refuse(InvocationResult::Kind::kThrottled);
  }
  const auto place = invocation.may_wait ? waiting_.end() : std::ranges::find_if(waiting_, [](const Waiting& other) {
    return other.invocation.may_wait;
  });
  waiting_.insert(place, {std::move(invocation), std::move(done), std::move(fault_identity)});
  assign(later);
}

void ProcessPool::prewarm() {
  Later later;
  MutexLock lock(mutex_);
  if (processes_.empty() && !stopping_ && function_->reserved_concurrency.value_or(1) > 0) startOne(later);
}

void ProcessPool::replace(FunctionPointer function) {
  Later later;
  MutexLock lock(mutex_);
  function_ = std::move(function);
  startAfresh(later);
}

bool ProcessPool::reload() {
  Later later;
  MutexLock lock(mutex_);
  if (stopping_ || last_number_ == 0) return false;
  startAfresh(later);
  const bool none_is_left = count(State::kEnding) == static_cast<int>(processes_.size());
  if (none_is_left && function_->reserved_concurrency.value_or(1) > 0) startOne(later);
  return true;
}

// Ends the processes, those that work after their invocation.
void ProcessPool::startAfresh(Later& later) {
  forgetInitFailures();
  for (const auto& process : processes_) {
    process->work.is_outdated = true;
    if (process->work.state == State::kIdle || process->work.state == State::kStarting) end(*process, later);
  }
  assign(later);
}

void ProcessPool::forgetInitFailures() {
  init_failures_ = 0;
  reported_init_error_.clear();
  start_again_at_ = RunningTime::min();
}

void ProcessPool::retire() { refuseWork(InvocationResult::Kind::kThrottled); }

void ProcessPool::beginStop() { refuseWork(InvocationResult::Kind::kStopped); }

void ProcessPool::refuseWork(InvocationResult::Kind as) {
  Later later;
  MutexLock lock(mutex_);
  stopping_ = true;
  refused_as_ = as;
  endWaiting(as, later);
  for (const auto& process : processes_) {
    if (process->work.state != State::kBusy) end(*process, later);
  }
}

void ProcessPool::endWaiting(InvocationResult::Kind as, Later& later) {
  for (Waiting& waiting : waiting_) {
    later.add([done = std::move(waiting.done), as] { done({as, {}, {}}); });
  }
  waiting_.clear();
}

void ProcessPool::pause() {
  Later later;
  MutexLock lock(mutex_);
  paused_ = true;
  endWaiting(InvocationResult::Kind::kStopped, later);
}

void ProcessPool::endRunning() {
  Later later;
  MutexLock lock(mutex_);
  for (const auto& process : processes_) {
    if (process->work.state == State::kBusy) cutOff(*process, later);
  }
}

void ProcessPool::resume(FunctionPointer function) {
  MutexLock lock(mutex_);
  function_ = std::move(function);
  paused_ = false;
  forgetInitFailures();
}

bool ProcessPool::isEmpty() const {
  MutexLock lock(mutex_);
  return processes_.empty() && waiting_.empty();
}

std::size_t ProcessPool::running() const {
  MutexLock lock(mutex_);
  return static_cast<std::size_t>(count(State::kBusy));
}

void ProcessPool::waitUntilQuiet(RunningTime deadline) {
  MutexLock lock(mutex_);
  while (!quiet() && clock_.runningTime() < deadline) clock_.wait(lock, changed_, deadline);
}

void ProcessPool::endStop() {
  {
    Later later;
    MutexLock lock(mutex_);
    for (const auto& process : processes_) {
      process->work.state == State::kBusy ? cutOff(*process, later) : end(*process, later);
    }
  }
  MutexLock lock(mutex_);
  while (!processes_.empty()) changed_.wait(lock);
}

// Whether the process runs this invocation, and has not been killed in it.
bool ProcessPool::runs(const FunctionProcess& process, const std::string& request_id) const {
  return process.work.state == State::kBusy && !process.work.killed && process.work.invocation.request_id == request_id;
}

bool ProcessPool::quiet() const { return count(State::kBusy) == 0; }

int ProcessPool::count(State state) const {
  return static_cast<int>(std::ranges::count_if(processes_, [&](const auto& p) { return p->work.state == state; }));
}

void ProcessPool::become(FunctionProcess& process, State state) {
  assert(isTransition(process.work.state, state));
  process.work.state = state;
  process.work.since = clock_.runningTime();
  changed_.notifyAll();
}

void ProcessPool::assign(Later& later) {
  while (!waiting_.empty()) {
    // The one that became idle last, so that the others can become surplus.
    FunctionProcess* free = nullptr;
    for (const auto& process : processes_) {
      if (process->work.state == State::kIdle && (!free || process->work.since >= free->work.since))
        free = process.get();
    }
    if (!free) break;
    Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    give(*free, std::move(waiting), later);
  }
  startMore(later);
}

void ProcessPool::give(FunctionProcess& process, Waiting waiting, Later& later) {
  assert(process.work.next && !process.work.done);
  become(process, State::kBusy);
  process.work.invocation = std::move(waiting.invocation);
  process.work.done = std::move(waiting.done);
  process.work.trace_root = newTraceRoot(ids_, clock_.now());
  process.work.hand_outs = 0;
  process.work.dies = false;
  armTimer(process, process.function()->timeout);
  watchMemory(process);
  if (!waiting.fault_identity.empty() && injectFaults(process, waiting.fault_identity)) return;
  handOut(process, std::exchange(process.work.next, nullptr), later);
}

// Also if the process asks again before it has answered: the connection that took the invocation was
// lost before the process had read it.
void ProcessPool::handOut(FunctionProcess& process, rpc::Callback respond, Later& later) {
  const Invocation& invocation = process.work.invocation;
  const bool is_first = ++process.work.hand_outs == 1;
  later.add([self = process.shared_from_this(), respond = std::move(respond), is_first,
             request_id = invocation.request_id, &log = dependencies_.log,
             response = invocationResponse(process)]() mutable {
    if (!is_first) {
      log(self->function()->name + ": asked for an invocation before it answered " + request_id +
          ", and gets that again");
    }
    if (is_first) self->process().beginTail(startLine(request_id, self->function()->version));
    respond(std::move(response));
  });
}

rpc::Response ProcessPool::invocationResponse(const FunctionProcess& process) {
  const Invocation& invocation = process.work.invocation;
  const Function& function = *process.function();
  // The time of day at which it was handed out first.
  const Timestamp since = clock_.now() - (clock_.runningTime() - process.work.since);
  rpc::Response response;
  response.body = invocation.payload;
  response.content_type = "application/json";
  response.headers = {
      {"Lambda-Runtime-Aws-Request-Id", invocation.request_id},
      {"Lambda-Runtime-Deadline-Ms", std::to_string((since + function.timeout).time_since_epoch().count())},
      {"Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn.empty() ? function.arn : invocation.function_arn},
      {"Lambda-Runtime-Trace-Id", traceId(process.work.trace_root)}};
  if (!invocation.client_context.empty()) {
    response.headers.emplace_back("Lambda-Runtime-Client-Context", invocation.client_context);
  }
  return response;
}

void ProcessPool::end(FunctionProcess& process, Later& later) {
  const bool runs_nothing = process.work.state == State::kIdle || process.work.state == State::kAnswered;
  endBy(runs_nothing ? &FunctionProcess::end : &FunctionProcess::kill, process, later);
}

void ProcessPool::endBy(void (FunctionProcess::*way)(), FunctionProcess& process, Later& later) {
  if (process.work.state == State::kEnding) return;
  become(process, State::kEnding);
  timers_.cancel(process.work.timer);
  later.add([self = process.shared_from_this(), way] { (self.get()->*way)(); });
}

// Ends the process in the middle of its invocation, for which nobody waits any longer.
void ProcessPool::cutOff(FunctionProcess& process, Later& later) {
  finish(process, {InvocationResult::Kind::kStopped, {}, {}}, later);
  endBy(&FunctionProcess::kill, process, later);
}

// The invocation that the process runs fails with this error when the process has ended.
void ProcessPool::killInInvocation(FunctionProcess& process, std::string error, Later& later) {
  if (process.work.killed) return;
  process.work.killed = {std::move(error), clock_.runningTime() - process.work.since, std::nullopt};
  timers_.cancel(process.work.timer);
  process.work.next = nullptr;
  later.add([pool = shared_from_this(), killed = process.shared_from_this()] {
    const std::optional<int> peak_memory = peakMemory(killed->process().reaper());
    {
      MutexLock lock(pool->mutex_);
      if (killed->work.killed) killed->work.killed->peak_memory = peak_memory;
    }
    killed->kill();
  });
}

// Reports the result to the caller of the process's invocation.
void ProcessPool::finish(FunctionProcess& process, InvocationResult result, Later& later) {
  assert(process.work.done);
  const auto killed = std::exchange(process.work.killed, std::nullopt);
  const Duration elapsed = clock_.runningTime() - process.work.since;
  const Duration duration = killed ? killed->duration : elapsed;
  become(process, State::kAnswered);
  InvocationReport report{process.work.invocation.request_id,
                          clock_.now(),
                          duration,
                          process.function()->timeout,
                          std::exchange(process.work.init_duration, std::nullopt),
                          process.function()->memory_size,
                          process.work.out_of_memory};
  const bool wants_tail =
      process.work.invocation.wants_log_tail || result.kind == InvocationResult::Kind::kFunctionError;
  result.trace_root = std::move(process.work.trace_root);
  result.process_key = process.accessKey();
  result.started_at = report.ended_at - elapsed;
  result.duration = duration;
  later.add([self = process.shared_from_this(), done = std::move(process.work.done), result = std::move(result),
             report = std::move(report), wants_tail, was_killed = killed.has_value(),
             peak_memory = killed ? killed->peak_memory : std::nullopt]() mutable {
    self->process().finishOutput();
    std::string last_lines;
    if (wants_tail) {
      last_lines = endLines(report, result, was_killed ? peak_memory : peakMemory(self->process().reaper()));
    }
    result.log_tail = self->process().takeTail(last_lines);
    done(std::move(result));
  });
  process.work.done = nullptr;
  process.work.invocation.payload.clear();
  process.work.invocation.streams = nullptr;
  if (process.work.stream) {
    later.add([stream = std::exchange(process.work.stream, nullptr)] { stream->breakOff(); });
  }
}

void ProcessPool::asksNext(FunctionProcess& process, rpc::Callback respond) {
  Later later;
  MutexLock lock(mutex_);
  const auto refuse = [&later](rpc::Callback refused) {
    later.add([refused = std::move(refused)] { refused(RuntimeApi::refusal(RuntimeProcess::Reply::kWrongState)); });
  };
  // It is about to be killed. Without a response its runtime's loop just ends; the runtime would
  // report an error response. Where SIGTERM comes first, the request is kept, because its connection
  // closes with it: the runtime would end before the signal.
  if (process.work.killed) return;
  if (process.work.state == State::kEnding) {
    process.work.next = std::move(respond);
    return;
  }
  if (process.work.state == State::kBusy && process.work.next) {  // it waits to be slow: the newer request counts
    return refuse(std::exchange(process.work.next, std::move(respond)));
  }
  if (process.work.state == State::kBusy) {
    return process.work.hand_outs < kHandOuts ? handOut(process, std::move(respond), later)
                                              : refuse(std::move(respond));
  }
  // The runtime dropped its request and asks again: the newer request counts.
  if (process.work.state == State::kIdle) refuse(std::move(process.work.next));
  if (process.work.state == State::kStarting) {
    process.work.init_duration = clock_.runningTime() - process.work.since;
    init_failures_ = 0;
    reported_init_error_.clear();
  }
  if (stopping_ || process.work.is_outdated) {
    process.work.next = std::move(respond);
    end(process, later);
    return assign(later);
  }
  timers_.cancel(process.work.timer);
  process.work.next = std::move(respond);
  become(process, State::kIdle);
  assign(later);
  if (count(State::kIdle) > 1) endSurplus(later);
}

RuntimeProcess::Reply ProcessPool::ends(FunctionProcess& process, const std::string& request_id,
                                        InvocationResult result) {
  Later later;
  MutexLock lock(mutex_);
  if (!runs(process, request_id)) return RuntimeProcess::Reply::kUnknownRequest;
  if (process.work.dies) {
    die(process, later);
  } else {
    finish(process, std::move(result), later);
  }
  return RuntimeProcess::Reply::kAccepted;
}

void ProcessPool::gone(FunctionProcess& process, std::optional<ExitStatus> status, const StartFailure& failure) {
  Later later;
  MutexLock lock(mutex_);
  const auto self = process.shared_from_this();
  timers_.cancel(process.work.timer);
  process.work.next = nullptr;
  const auto error = [&](const std::string& request_id) {
    if (process.work.killed) return process.work.killed->error;
    if (process.work.stream) return truncatedResponse(request_id);
    return status ? runtimeExited(request_id, *status) : notStarted(request_id, failure.reason);
  };
  if (process.work.state == State::kBusy) {
    finish(process, {InvocationResult::Kind::kFunctionError, error(process.work.invocation.request_id), {}}, later);
  } else if (process.work.state == State::kStarting && failure.lacks_resources) {
    lackedResources(failure.reason, later);
  } else if (process.work.state == State::kStarting) {
    initFailed(process, error, failure.is_not_built, later);
  }
  std::erase(processes_, self);
  changed_.notifyAll();
  assign(later);
}

}  // namespace ddblog::lambda
