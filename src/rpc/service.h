// A service of the cloud, as the composition (src/offline/) sees it.
//
//   MyService service(environment);     // registers its recipients and event sources; serves nothing yet
//   service.addOperations(apis);
//   service.start();                    // the server takes requests already
//   service.stop();                     // the server still takes requests
//
// Thread safety: the methods are called by one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/faults.h"
#include "base/ids.h"
#include "rpc/activity.h"
#include "rpc/api.h"
#include "rpc/backlog.h"
#include "rpc/event_source.h"
#include "rpc/failures.h"
#include "rpc/recipients.h"
#include "rpc/traces.h"
#include "rpc/transacted_operations.h"
#include "store/store.h"

namespace ddblog::rpc {

// The environment of every service. The referenced objects must outlive the services.
struct ServiceEnvironment {
  Store& store;
  Clock& clock;
  Ids& ids;
  std::string region;      // "us-east-1"
  std::string account_id;  // "000000000000"
  Recipients& recipients;
  OperationRegistry& operations;
  EventSources& event_sources;
  FailureRecorder& failures;
  std::function<void(std::string_view line)> log;  // a log line; may be called from any thread
  Faults* faults = nullptr;                        // to inject; nullptr: none
  Traces* traces = nullptr;                        // nullptr: nobody wants them
};

class Service {
 public:
  // Stops the background work first.
  virtual ~Service() = default;
  // Adds the service's APIs, which live as long as the service.
  virtual void addOperations(Apis& apis) = 0;
  // Starts background work: sweepers, queues, event sources.
  virtual void start() {}
  // Stops background work gracefully. Does nothing if it is not running.
  virtual void stop() {}

  // The background work, for any thread, between start() and stop(). Sweepers are not part of it:
  // nothing gets lost if they come later.
  virtual Activity activity() const { return {}; }
  // What waits in the store. Its cost is bounded.
  virtual Backlog backlog(const Reader& reader) const {
    static_cast<void>(reader);
    return {};
  }
};

}  // namespace ddblog::rpc
