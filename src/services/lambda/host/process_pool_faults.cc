// The faults of ProcessPool that a test wants (base/faults.h): slow functions, and processes that are
// killed.
#include <csignal>
#include <utility>

#include "rpc/fault_identity.h"
#include "services/lambda/host/function_error.h"
#include "services/lambda/host/process_pool.h"

namespace ddblog::lambda {

namespace {

constexpr Duration kLeastSlow{20};  // ours: by which a fault delays an invocation
constexpr Duration kMostSlow{400};
constexpr Duration kShortestLife{1};  // ours: of a process that a fault kills, from when it gets the invocation
constexpr Duration kLongestLife{30};

Duration scaled(Duration most, double part) { return std::chrono::duration_cast<Duration>(most * part); }

using State = FunctionProcess::Work::State;

}  // namespace

// Parses the payload, so it needs no lock.
std::string ProcessPool::faultIdentity(const Invocation& invocation) const {
  const Faults* const faults = settings_.faults;
  if (!faults || !(faults->wants(Fault::kSlow) || faults->wants(Fault::kCrashFunction))) return {};
  return ' ' + rpc::faultIdentity(invocation.payload);
}

// Draws the faults of the invocation that the process was given. True: it is handed out later.
bool ProcessPool::injectFaults(FunctionProcess& process, const std::string& identity_of_payload) {
  const std::string identity = process.function()->reference() + identity_of_payload;
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
  killInInvocation(process, runtimeExited(process.work.invocation.request_id, killed), later);
}

}  // namespace ddblog::lambda
