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

  // For another store with other functions, while processes stay:
  //
  //   host.pause();
  //   …                           // the server reads no more requests
  //   host.leaveStore();          // the store may be destroyed now
  //   host.resume(…);
  //
  // pause() ends all invocations, but no process that runs none: those that wait end as kStopped, and so does
  // every later one until resume(). Running ones may take stop_grace to finish, then they end as kStopped, and
  // their processes end. When it returns, no result is on its way any more.
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
  FunctionPointer route(const FunctionPointer& function);
  std::shared_ptr<ProcessPool> pool(const FunctionPointer& function);
  std::vector<std::shared_ptr<ProcessPool>> allPools() const REQUIRES(mutex_);
  // Takes a place among the running invocations. False: the host is paused.
  bool begin();
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
  Mutex mutex_;
  CondVar changed_;
  bool paused_ GUARDED_BY(mutex_) = false;
  std::size_t running_ GUARDED_BY(mutex_) = 0;  // invocations whose results are not delivered
  std::map<std::string, std::shared_ptr<ProcessPool>> pools_ GUARDED_BY(mutex_);  // by Function::reference()
  std::vector<std::shared_ptr<ProcessPool>> forgotten_ GUARDED_BY(mutex_);        // their processes are ending
  std::map<std::string, int> times_forgotten_ GUARDED_BY(mutex_);                 // by Function::reference()
  bool stopped_ GUARDED_BY(mutex_) = false;
};

}  // namespace ddblog::lambda
