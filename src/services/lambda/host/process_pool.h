// The processes of one version of a function: hands invocations to free processes, starts more while
// invocations wait, and ends processes that are surplus, too slow, or run outdated code or settings.
//
// - A process runs one invocation at a time. There are at most min(reserved concurrency,
//   PoolSettings::concurrency) processes.
// - Invocations wait in order of arrival, those that somebody waits for (may_wait is false) before the
//   others. If the reserved concurrency is used up, an invocation that may not wait is throttled.
// - If an invocation exceeds the function's timeout, its process is ended; the next invocation gets
//   a fresh process. The invocation fails when the process has ended: until then it may still make requests.
// - A process that asks for an invocation before it has answered the last one gets the same again, so
//   that none is lost with a connection: three times at most, until its timeout.
// - A process that ends while it runs an invocation fails that invocation (Runtime.ExitError).
// - A process that uses more memory than MemorySize is killed. While it starts or runs an invocation,
//   its use is looked at kMemoryLook after the last look, so it can use more for that long; longer if its
//   children share memory (kExactLook). A thread of its own looks, because that can take long.
// - An answer that comes piece by piece goes to the caller as it comes, or, if that wants it whole, when
//   it is complete. If it breaks off, the invocation fails (Runtime.TruncatedResponse), and the process is
//   ended, if it has not ended by itself.
// - A process that ends before it asks for an invocation fails the one that has waited longest. If the
//   function lacks packages or is not built, it throttles that one instead, unless somebody waits for it.
//   After several such failures in a row the next start is delayed (100 ms, doubled up to 5 s), so
//   that a function that cannot start does not spin.
// - A process that cannot start because the machine has no descriptors, processes or memory left
//   throttles the invocation instead: the function is not to blame.
// - Idle processes beyond the first are ended after PoolSettings::surplus_idle.
//
// All times are the Clock's, which must show the machine's real time: processes compare their
// deadline with it. Rejected: one thread per process (a function host has dozens of idle ones).
// Thread safety: all methods may be called from any thread; results arrive on any thread, without
// locks held.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/faults.h"
#include "base/ids.h"
#include "base/thread_annotations.h"
#include "services/lambda/host/function_process.h"
#include "services/lambda/host/later.h"

namespace ddblog::lambda {

struct PoolSettings {
  int concurrency = 3;  // maximum number of processes of one function
  Duration surplus_idle = std::chrono::minutes(1);
  Faults* faults = nullptr;  // slow invocations, and processes that are killed; nullptr: none
};

class ProcessPool : public ProcessOwner, public std::enable_shared_from_this<ProcessPool> {
 public:
  // `name`: no other pool has had it.
  ProcessPool(Clock& clock, Ids& ids, Timers& timers, const ProcessDependencies& dependencies,
              const PoolSettings& settings, FunctionPointer function, std::string name);

  void invoke(Invocation invocation, InvocationDone done);
  // Starts a process if there is none.
  void prewarm();
  // Replaces the function: running invocations finish, then their processes end.
  void replace(FunctionPointer function);
  // The same after a change of the function's code. If no process is left, one is started, so that the
  // next invocation need not wait, or an error shows at once. False: it has not run yet.
  bool reload();
  FunctionPointer function() const;
  // When the oldest of its processes was made that can run further invocations. FileTime::max(): it has none.
  FileTime oldestProcess() const;

  // The function was deleted: invocations that run finish, those that wait end as kThrottled, and so
  // does every later one.
  void retire();
  // Ends the waiting invocations as kStopped, and every later one until resume(). Processes stay.
  void pause();
  // Ends the running invocations as kStopped, and their processes.
  void endRunning();
  // `function`: in place of the former one, like which it runs.
  void resume(FunctionPointer function);

  // Stopping takes three steps: refuse new work (waiting invocations end as kStopped); wait until
  // running invocations end or `deadline` passes; kill the remaining processes and wait for their
  // end.
  void beginStop();
  void waitUntilQuiet(RunningTime deadline);
  void endStop();
  // Whether it has no processes and no invocations.
  bool isEmpty() const;
  // How many invocations processes run now.
  std::size_t running() const;

  void asksNext(FunctionProcess& process, rpc::Callback respond) override;
  RuntimeProcess::Reply ends(FunctionProcess& process, const std::string& request_id, InvocationResult result) override;
  void streams(FunctionProcess& process, const std::string& request_id, std::shared_ptr<rpc::BodyPipe> answer,
               rpc::Callback respond) override;
  RuntimeProcess::Reply failsInit(FunctionProcess& process, std::string error) override;
  void gone(FunctionProcess& process, std::optional<ExitStatus> status, const StartFailure& failure) override;

 private:
  using State = FunctionProcess::Work::State;
  static constexpr Duration kInitLimit = std::chrono::seconds(10);  // Lambda's limit for the start of a process
  struct Waiting {
    Invocation invocation;
    InvocationDone done;
    std::string fault_identity = {};  // empty: no fault hits it
  };

  void refuseWork(InvocationResult::Kind as);
  void endWaiting(InvocationResult::Kind as, Later& later) REQUIRES(mutex_);

  // All of these need mutex_ held.
  void assign(Later& later) REQUIRES(mutex_);
  void give(FunctionProcess& process, Waiting waiting, Later& later) REQUIRES(mutex_);
  void startMore(Later& later) REQUIRES(mutex_);
  void startOne(Later& later) REQUIRES(mutex_);
  void become(FunctionProcess& process, State state) REQUIRES(mutex_);
  // If it runs nothing, it may end itself first (Process::end).
  void end(FunctionProcess& process, Later& later) REQUIRES(mutex_);
  void endBy(void (FunctionProcess::*way)(), FunctionProcess& process, Later& later) REQUIRES(mutex_);
  void cutOff(FunctionProcess& process, Later& later) REQUIRES(mutex_);
  void killInInvocation(FunctionProcess& process, std::string error, Later& later) REQUIRES(mutex_);
  void startAfresh(Later& later) REQUIRES(mutex_);
  void forgetInitFailures() REQUIRES(mutex_);
  void finish(FunctionProcess& process, InvocationResult result, Later& later) REQUIRES(mutex_);
  void initFailed(FunctionProcess& process, const std::function<std::string(const std::string&)>& error,
                  bool is_not_built, Later& later) REQUIRES(mutex_);
  void reportInitError(const std::string& payload, Later& later) REQUIRES(mutex_);
  void lackedResources(const std::string& reason, Later& later) REQUIRES(mutex_);
  void throttleFirst(std::string error, Later& later) REQUIRES(mutex_);
  void backOff() REQUIRES(mutex_);
  void endSurplus(Later& later) REQUIRES(mutex_);
  int count(State state) const REQUIRES(mutex_);
  bool quiet() const REQUIRES(mutex_);
  bool runs(const FunctionProcess& process, const std::string& request_id) const REQUIRES(mutex_);

  struct Stream {
    std::shared_ptr<FunctionProcess> process;
    std::string request_id;
    bool is_collected;  // its caller gets the answer whole
    rpc::Callback respond;
  };
  void streamEnded(const Stream& stream, rpc::BodyPipe::Ending ending);

  using InInvocation = void (ProcessPool::*)(FunctionProcess& process, Later& later);
  std::string faultIdentity(const Invocation& invocation) const;
  bool injectFaults(FunctionProcess& process, const std::string& identity_of_payload) REQUIRES(mutex_);
  void inInvocation(FunctionProcess& process, Duration delay, InInvocation action) REQUIRES(mutex_);
  void handOutLate(FunctionProcess& process, Later& later) REQUIRES(mutex_);
  void die(FunctionProcess& process, Later& later) REQUIRES(mutex_);

  void overTime(FunctionProcess& process, std::uint64_t limit_number);
  void armTimer(FunctionProcess& process, Duration limit) REQUIRES(mutex_);
  void watchMemory(FunctionProcess& process) REQUIRES(mutex_);
  void lookAtMemory(FunctionProcess& process);
  void handOut(FunctionProcess& process, rpc::Callback respond, Later& later) REQUIRES(mutex_);
  rpc::Response invocationResponse(const FunctionProcess& process) REQUIRES(mutex_);

  Clock& clock_;
  Ids& ids_;
  Timers& timers_;
  const ProcessDependencies dependencies_;
  const PoolSettings settings_;
  const std::string name_;

  mutable Mutex mutex_;
  CondVar changed_;
  FunctionPointer function_ GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<FunctionProcess>> processes_ GUARDED_BY(mutex_);
  std::deque<Waiting> waiting_ GUARDED_BY(mutex_);
  std::uint64_t last_number_ GUARDED_BY(mutex_) = 0;
  int init_failures_ GUARDED_BY(mutex_) = 0;  // in a row
  // The lines of the last init error that was logged, until a process starts.
  std::vector<std::string> reported_init_error_ GUARDED_BY(mutex_);
  RunningTime start_again_at_ GUARDED_BY(mutex_) = RunningTime::min();
  bool start_timer_armed_ GUARDED_BY(mutex_) = false;
  bool surplus_timer_armed_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool paused_ GUARDED_BY(mutex_) = false;
  InvocationResult::Kind refused_as_ GUARDED_BY(mutex_) = InvocationResult::Kind::kStopped;  // while it is stopping
};

}  // namespace ddblog::lambda
