// The Lambda service: functions, their processes, the asynchronous queue, event source mappings,
// and the operations on them.
//
//   lambda::Service functions(environment, server, options);
//   functions.addOperations(apis);                          // Invoke and others; PutFunction for templates
//   functions.start();
//   …
//   functions.stop();
//
// Functions and mappings live in the store; mappings run from start() on.
//
// retire() instead of stop() keeps the processes for another service, on another store.
//
// stop() is graceful: no new work begins, running invocations get stop_grace to finish, then every
// process is killed. Unfinished work stays in the queue, or after a mapping's checkpoint, and
// continues at the next start. Stop the server after that and before the service is destroyed (a
// request that it has read may still arrive here), and close the store after both.
//
// Thread safety: as rpc::Service.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task_thread.h"
#include "rpc/background_work.h"
#include "rpc/listeners.h"
#include "rpc/service.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/function_host.h"
#include "services/lambda/invocations/asynchronous_invoke.h"
#include "services/lambda/invocations/asynchronous_queue.h"
#include "services/lambda/invocations/function_recipient.h"
#include "services/lambda/mappings/running_mappings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

struct ServiceOptions {
  std::string endpoint_url;                        // AWS_ENDPOINT_URL of functions: this server's URL
  std::map<std::string, std::string> environment;  // additional variables for every function
  std::filesystem::path runtime_directory;         // empty: a temporary one
  BuiltIns built_ins;                              // functions that are part of this program
  int concurrency = 0;                             // processes of one function at most; 0: the cores + 1
  Duration surplus_idle = std::chrono::minutes(1);
  Duration stop_grace = std::chrono::seconds(5);
  std::vector<Duration> retry_delays = {Duration(1000)};  // Lambda's: {1 min, 2 min}
  // The clock for processes' deadlines and time limits; nullptr: the service's. Processes run in
  // real time, so moving the service's clock must not end them.
  Clock* process_clock = nullptr;
  std::optional<WatchSettings> watch;  // std::nullopt: changes of code directories are not noticed
  // Of a service that was retired; nullptr: the service makes its own.
  std::shared_ptr<FunctionHost> host = {};
  bool prewarm = false;  // start() starts a process of each function, so that the first invocation need not wait
};

class Service : public rpc::Service, public rpc::BackgroundWork {
 public:
  Service(const rpc::ServiceEnvironment& environment, rpc::Listeners& listeners, const ServiceOptions& options);
  ~Service() override;

  void addOperations(rpc::Apis& apis) override;
  void start() override;
  void stop() override;
  // As stop(), but processes stay, for the service that gets the host. Stop the server's requests before this
  // is destroyed, and do not start another service with the host before.
  std::shared_ptr<FunctionHost> retire();
  rpc::Activity activity() const override;
  rpc::Delays delays() const override;
  rpc::WorkCounts workCounts() const override;
  // Whether an event source mapping that is enabled reads a queue.
  bool readsQueues() const;
  rpc::Backlog backlog(const Reader& reader) const override;
  void prewarm();

  Functions& functions() { return functions_; }
  FunctionHost& host() { return *host_; }
  AsynchronousQueue& queue() { return queue_; }

 private:
  Store& store_;
  const LogSink log_;
  const bool prewarm_;
  Functions functions_;
  const bool goes_on_;  // with the host of another service
  const std::shared_ptr<FunctionHost> host_;
  AsynchronousQueue queue_;
  FunctionRecipient recipient_;
  AsynchronousInvoke asynchronous_invoke_;
  const MappingDependencies mapping_dependencies_;
  RunningMappings mappings_;
  TaskThread archives_;
  Context context_;
  rpc::RestApi api_;
  rpc::JsonApi provisioning_api_;
  rpc::RestApi local_api_;
  bool started_ = false;
  bool stopped_ = false;
  bool is_retired_ = false;
};

}  // namespace ddblog::lambda
