// Runs functions: one process pool per version of a function, and the resources that all pools share.
//
// A version's pool is created when it is first invoked or prewarmed. A function that is put again
// gets fresh processes; so does one whose code directory or local layer changes, if code is watched. An alias with
// weights sends each invocation to one of its versions.
//
// Thread safety: all methods may be called from any thread; call stop once.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/task_thread.h"
#include "base/thread_annotations.h"
#include "rpc/listeners.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/invocation.h"
#include "services/lambda/host/process_pool.h"
#include "services/lambda/host/runtime_api.h"
#include "services/lambda/host/runtimes.h"
#include "services/lambda/host/supervisor.h"
#include "services/lambda/host/timers.h"
#include "services/lambda/host/watch_settings.h"

namespace ddblog::lambda {

class CodeWatch;

struct HostOptions {
  RuntimeOptions runtimes;
  PoolSettings pools;
  Duration stop_grace = std::chrono::seconds(5);  // how long running invocations may take to finish in stop()
  std::optional<WatchSettings> watch;             // std::nullopt: changes of code directories are not noticed
};

// Of one function, all its versions, since the start, the last reset or the function's creation.
struct InvocationCounts {
  std::uint64_t invocations = 0;  // that have ended, by an answer or by an error
  std::uint64_t errors = 0;       // of these
  std::uint64_t throttles = 0;    // attempts that did not start (InvocationResult::Kind::kThrottled)
  std::uint64_t running = 0;      // now
};

class FunctionHost {
 public:
  // Throws std::runtime_error if the runtimes cannot be written.
  FunctionHost(Clock& clock, Ids& ids, rpc::Listeners& listeners, const HostOptions& options, LogSink log);
  ~FunctionHost();

  void invoke(const FunctionPointer& function, Invocation invocation, InvocationDone done);
  void prewarm(const FunctionPointer& function);
  // Ends the processes of a version that no longer exists, after their invocations.
  void forget(const Function& function);
  // How many invocations of the function can run at the same time.
  int concurrency(const FunctionPointer& function);
  // By function's name; those that have run. With CloudWatch's meanings of Invocations, Errors and Throttles.
  // Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  std::map<std::string, InvocationCounts> counts() const;
  // How many invocations, of all functions, were further attempts (Invocation::is_retry).
  std::uint64_t retries() const;

  // For another store with other functions, while processes stay:
  //
  //   host.pause();
  //   …                           // the server reads no more requests
  //   host.leaveStore();          // the store may be destroyed now
  //   host.resume(…);
  //
  // pause() ends all invocations, but no process that runs none: those that wait end as kStopped, and so does
  // every later one until resume(). Running ones may take stop_grace to finish, then they end as kStopped, and
  // their processes end. When it returns, no result is on its way any more. Throws std::runtime_error if one still
  // is after kLongestDelivery; then only stop() may be called.
  void pause();
  void leaveStore();
  // `find`: the function with a reference, nullptr: there is none. Processes stay if they run the same code with
  // the same settings as the function of that reference now has; the others end. Whether code on the disk is the
  // same is seen by the times of its files (code_age.h), so also if it is not watched, or not reported yet.
  void resume(UnpackedCode::ReadCode read_code,
              const std::function<FunctionPointer(const std::string& reference)>& find);

  // Ends all processes: new invocations end as kStopped at once, running ones after stop_grace.
  void stop();

 private:
  static constexpr Duration kLongestDelivery = std::chrono::minutes(1);  // ours: of results that are there

  FunctionPointer route(const FunctionPointer& function);
  std::shared_ptr<ProcessPool> pool(const FunctionPointer& function);
  std::vector<std::shared_ptr<ProcessPool>> allPools() const REQUIRES(mutex_);
  // Takes a place among the running invocations. False: the host is paused.
  bool begin();
  void count(const std::string& name, const InvocationResult& result, bool is_retry);
  void ended();
  void watchCode() REQUIRES(mutex_);
  void codeChanged(const std::filesystem::path& directory, const std::string& example);

  Clock& clock_;
  Ids& ids_;
  const HostOptions options_;
  const LogSink log_;
  Runtimes runtimes_;
  RuntimeApi runtime_api_;
  Supervisor supervisor_;
  Timers timers_;
  PeerCheck peers_;
  TaskThread memory_looks_;
  std::unique_ptr<CodeWatch> code_watch_;  // nullptr: code is not watched
  const ProcessDependencies dependencies_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool paused_ GUARDED_BY(mutex_) = false;
  std::size_t running_ GUARDED_BY(mutex_) = 0;  // invocations whose results are not delivered
  std::map<std::string, std::shared_ptr<ProcessPool>> pools_ GUARDED_BY(mutex_);  // by Function::reference()
  std::vector<std::shared_ptr<ProcessPool>> forgotten_ GUARDED_BY(mutex_);        // their processes are ending
  std::map<std::string, int> times_forgotten_ GUARDED_BY(mutex_);                 // by Function::reference()
  std::map<std::string, InvocationCounts> counts_ GUARDED_BY(mutex_);             // by name; without `running`
  std::uint64_t retries_ GUARDED_BY(mutex_) = 0;
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace ddblog::lambda
