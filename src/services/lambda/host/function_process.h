// One process of a function with its Runtime API listener, and its current work.
//
// It makes no decisions: it forwards its requests and its end to its owner, a process pool, whose
// mutex also guards `work`. Thread safety: start, kill and end may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/task_thread.h"
#include "rpc/listeners.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/code_age.h"
#include "services/lambda/host/invocation.h"
#include "services/lambda/host/peer_check.h"
#include "services/lambda/host/process.h"
#include "services/lambda/host/runtime_api.h"
#include "services/lambda/host/runtimes.h"
#include "services/lambda/host/supervisor.h"
#include "services/lambda/host/timers.h"

namespace ddblog::lambda {

class FunctionProcess;

// Why a process could not be started.
struct StartFailure {
  std::string reason;            // one line
  bool lacks_resources = false;  // the machine has no descriptors, processes or memory left: not the function's fault
  bool is_not_built = false;     // its code is not there yet
};

// All methods are called without locks held.
class ProcessOwner {
 public:
  virtual ~ProcessOwner() = default;
  virtual void asksNext(FunctionProcess& process, rpc::Callback respond) = 0;
  virtual RuntimeProcess::Reply ends(FunctionProcess& process, const std::string& request_id,
                                     InvocationResult result) = 0;
  // See RuntimeProcess::stream.
  virtual void streams(FunctionProcess& process, const std::string& request_id, std::shared_ptr<rpc::BodyPipe> answer,
                       rpc::Callback respond) = 0;
  virtual RuntimeProcess::Reply failsInit(FunctionProcess& process, std::string error) = 0;
  // The process has ended. `status`: its exit status; std::nullopt: it could not be started, and
  // `failure` says why.
  virtual void gone(FunctionProcess& process, std::optional<ExitStatus> status, const StartFailure& failure) = 0;
};

// The resources that processes use; everything must outlive them.
struct ProcessDependencies {
  Supervisor& supervisor;
  RuntimeApi& runtime_api;
  rpc::Listeners& listeners;
  const Runtimes& runtimes;
  const LogSink& log;
  PeerCheck& peers;
  TaskThread& memory_looks;
};

class FunctionProcess : public RuntimeProcess, public std::enable_shared_from_this<FunctionProcess> {
 public:
  // The process's current work; its owner's mutex guards it.
  struct Work {
    enum class State {
      kStarting,  // it has not asked for an invocation yet
      kIdle,      // it waits for an invocation: `next` answers its request
      kBusy,      // it runs an invocation
      kAnswered,  // it has responded and not asked for the next one yet
      kEnding     // it was killed
    };
    struct Killed {
      std::string error;  // of the invocation
      Duration duration;  // of the invocation until then
      std::optional<int> peak_memory;
    };
    State state = State::kStarting;
    rpc::Callback next;
    Invocation invocation;
    std::string trace_root;  // of `invocation`
    InvocationDone done;
    std::shared_ptr<rpc::BodyPipe> stream;  // its answer, from when that begins to arrive piece by piece
    RunningTime since;                      // when `state` last changed
    Timers::Id timer = 0;                   // for the time limit of the start or of the invocation
    std::uint64_t limit_number = 0;
    int hand_outs = 0;                      // of `invocation`
    bool dies = false;                      // it is killed before `invocation` ends (a fault)
    std::optional<Killed> killed;           // in `invocation`, which ends with the process
    std::optional<Duration> init_duration;  // until its first invocation ends
    bool is_outdated = false;               // it runs no further invocation
    bool memory_is_watched = false;         // it will be looked at, or is: once at a time
    RunningTime exact_look_at;              // not before this
    bool out_of_memory = false;             // it was killed, because it used too much
  };

  // `name` distinguishes it from all other processes.
  FunctionProcess(const ProcessDependencies& dependencies, std::weak_ptr<ProcessOwner> owner, FunctionPointer function,
                  const std::string& name);

  // Call prepare first (from then on it can be killed), then start.
  void prepare();
  void start();
  void kill() { process_->kill(); }
  void end() { process_->end(); }
  Process& process() { return *process_; }
  const FunctionPointer& function() const { return function_; }
  // That its requests are signed with, unless the function has another one.
  const std::string& accessKey() const { return access_key_; }
  // It reads its code after that.
  FileTime madeAt() const { return made_at_; }

  void next(rpc::Callback respond) override;
  Reply answer(const std::string& request_id, std::string payload) override;
  void stream(const std::string& request_id, std::shared_ptr<rpc::BodyPipe> answer, rpc::Callback respond) override;
  Reply fail(const std::string& request_id, std::string error) override;
  Reply failInit(std::string error) override;

  Work work;

 private:
  void startNow();
  bool admits(std::uint16_t peer_port, std::uint16_t own_port);
  void ended(std::optional<ExitStatus> status, const StartFailure& failure);

  const ProcessDependencies dependencies_;
  const std::weak_ptr<ProcessOwner> owner_;
  const FunctionPointer function_;
  const std::string tag_;
  const std::string access_key_;
  const FileTime made_at_ = fileTimeNow();
  FunctionFiles files_;                       // set by start
  std::optional<StartFailure> files_failed_;  // set by start: why there are none
  std::shared_ptr<Process> process_;
  std::atomic<bool> has_refused_{false};  // a connection to its Runtime API
};

}  // namespace ddblog::lambda
