// The function service as a whole: functions, their processes, the asynchronous queue, event source mappings, and what
// of it is served over the wire.
//
//   lambda::Service functions(environment, tables.change_signals, server, options);
//   functions.addFunction(…); functions.addMapping(…);      // what the template says
//   functions.addOperations(apis);                          // Invoke and its like
//   functions.start();
//   …
//   functions.stop();
//
// stop() is graceful: nothing new begins, what runs gets stop_grace to end, then every process is killed. What did not
// end stays in the queue, or behind a mapping's checkpoint, and goes on at the next start. The server is to be stopped
// after that and before the service is destroyed (a request that it has read may still be on its way here), the store
// closed after both.
//
// Thread safety: add… before start, from one thread; start and stop from one thread; addFunction also later, to replace
// a function.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "rpc/listeners.h"
#include "rpc/service.h"
#include "services/dynamodb/core/change_signals.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/function_host.h"
#include "services/lambda/invocations/asynchronous_queue.h"
#include "services/lambda/invocations/function_recipient.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/sources/event_source_mapping.h"
#include "store/store.h"

namespace ddblog::lambda {

struct ServiceOptions {
  std::string endpoint_url;                        // AWS_ENDPOINT_URL of functions: this server
  std::map<std::string, std::string> environment;  // further variables of every function
  std::filesystem::path runtime_directory;         // empty: a temporary one
  int concurrency = 0;                             // processes of one function at most; 0: the machine's cores + 1
  Duration surplus_idle = std::chrono::minutes(1);
  Duration stop_grace = std::chrono::seconds(5);
  std::vector<Duration> retry_delays = {Duration(1000)};  // Lambda's: {1 min, 2 min}
  // By which processes have their deadlines and time limits; none: the service's clock. Processes live in the machine's
  // own time, so that moving the service's clock must not end them.
  Clock* process_clock = nullptr;
  bool prewarm = false;  // start() starts a process of each function, so that the first invocation need not wait
};

class Service : public rpc::Service {
 public:
  Service(const rpc::ServiceEnvironment& environment, dynamodb::ChangeSignals& change_signals,
          rpc::Listeners& listeners, const ServiceOptions& options);
  ~Service() override;

  // Throws std::invalid_argument: out of Lambda's limits, or a destination that nobody takes.
  void addFunction(Function function);
  // A CreateEventSourceMapping request. Throws ApiError.
  void addMapping(const json::object& create_event_source_mapping);

  void addOperations(rpc::Apis& apis) override { apis.add(api_); }
  void start() override;
  void stop() override;
  void prewarm();

  Functions& functions() { return functions_; }
  FunctionHost& host() { return host_; }
  AsynchronousQueue& queue() { return queue_; }

 private:
  Store& store_;
  Clock& clock_;
  Ids& ids_;
  dynamodb::ChangeSignals& change_signals_;
  const LogSink log_;
  const bool prewarm_;
  Functions functions_;
  const rpc::Recipients& recipients_;
  FunctionHost host_;
  AsynchronousQueue queue_;
  FunctionRecipient recipient_;
  std::vector<std::unique_ptr<EventSourceMapping>> mappings_;
  Context context_;
  rpc::RestApi api_;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace ddblog::lambda
