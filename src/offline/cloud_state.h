// The parts of an offline cloud: the frame, which stays, and the state, which a loaded snapshot or a reset
// replaces.
//
//   CloudFrame frame(options, log, changed);
//   auto state = std::make_unique<CloudState>(frame, loaded);
//   state->serve();                          // creates the services, and serves them
//   state->provision(true);                  // what the template has
//   state->start();
//   …
//   state->retire();                         // the server answers no more; then the state may be destroyed
//
// Thread safety: none; one thread owns the cloud. What requests reach is guarded by itself.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/cloud_clock.h"
#include "base/faults.h"
#include "base/ids.h"
#include "base/task_thread.h"
#include "base/thread_annotations.h"
#include "deploy/local/provision.h"
#include "offline/checkpoints.h"
#include "offline/clock_moves.h"
#include "offline/durable_running_time.h"
#include "offline/failures/failure_routes.h"
#include "offline/failures/failure_store.h"
#include "offline/offline_cloud.h"
#include "offline/recent_lines.h"
#include "offline/resets.h"
#include "offline/rest.h"
#include "offline/services.h"
#include "offline/settles.h"
#include "server/server.h"
#include "services/scheduler/schedules/universal_targets.h"
#include "snapshots/snapshot_leases.h"
#include "snapshots/snapshot_uploads.h"
#include "template/app.h"
#include "traces/trace_ring.h"
#include "traces/trace_routes.h"

namespace ddblog::offline {

struct CloudFrame {
  // `changed`: a state was loaded, or a reset is wanted.
  CloudFrame(OfflineOptions given, OfflineCloud::Log to, OfflineCloud::Loaded changed, templates::App application);

  AdjustableClock real_time;  // never moved
  OfflineOptions options;     // with the actual ports
  RecentLines recent_lines{real_time};
  const OfflineCloud::Log output;  // what the cloud was given
  const OfflineCloud::Log log;     // that, and recent_lines
  const OfflineCloud::Loaded changed;
  templates::App app;
  OfflineSummary summary;
  std::string endpoint;  // of functions
  Ids ids;
  std::unique_ptr<Faults> faults;  // nullptr: none
  server::Server server;
  // The processes of functions, while one state is retired and another one not served yet.
  std::shared_ptr<lambda::FunctionHost> function_host;
  Checkpoints checkpoints;
  Resets resets;
  rpc::RestApi lasting_api;  // whose operations outlast a state
};

// In the order of their dependencies; destroyed in reverse order.
class CloudState {
 public:
  // `state`: what the store and the archive are; empty: what is in the data directory. `time`: of the
  // clock.
  CloudState(CloudFrame& frame, const snapshots::LoadedState& state, const CloudClock::TimeOfDay& time);
  ~CloudState();
  CloudState(const CloudState&) = delete;

  void serve();
  // Throws ProvisionError.
  deploy::Refusals provision();
  // Provisions the application in a store that is not in use yet, to find errors before that store becomes
  // the state. Throws ProvisionError.
  void tryIn(Store& other);
  void start();
  // Stops for good. `stop_server`: called when the services are stopped.
  void stop(const std::function<void()>& stop_server);
  // Stops, while the server goes on, which holds back requests until another state is served.
  void retire();

  const std::string& run() const { return run_; }
  snapshots::SnapshotUploads& uploads() { return uploads_; }
  // What the cloud goes on with; empty: nothing waits.
  std::string waiting() const;
  std::uint64_t failures() const;

 private:
  rpc::ServiceEnvironment environment(Store& of_services, Clock& of_all, rpc::Recipients& of_messages,
                                      rpc::OperationRegistry& of_operations, rpc::EventSources& of_events,
                                      rpc::FailureRecorder& of_failures, Faults* of_deliveries,
                                      rpc::Traces* of_events_ways);
  void endRoutes();
  void finish();
  bool postCheckpointRequest(std::function<void()> request);
  Checkpoints::Pointer takeCheckpoint(std::uint64_t most);
  bool isThere(const Settles::Event& event) const;

  CloudFrame& frame_;
  const std::string run_;
  CloudClock clock_{frame_.real_time};  // POST /_local/clock moves it
  traces::TraceRing traces_;            // before the store, whose commits add to it
  std::unique_ptr<Store> store_;
  DurableRunningTime running_time_;
  std::unique_ptr<eventbridge::ArchiveFile> archive_file_;
  rpc::Recipients recipients_;
  rpc::OperationRegistry operations_;
  scheduler::UniversalTargets universal_targets_;
  rpc::Recipients recipients_of_failures_{&recipients_};  // what a failure may be sent to again
  rpc::EventSources event_sources_;
  FailureStore failures_{clock_};
  FailureContext failure_context_{*store_, failures_, recipients_of_failures_};
  std::unique_ptr<Services> services_;
  std::optional<traces::TraceContext> trace_context_;  // from serve() on
  snapshots::SnapshotLeases leases_;
  snapshots::SnapshotUploads uploads_;
  Rest rest_;
  ClockMoves clock_moves_;
  Settles settles_;
  Mutex checkpoints_mutex_;
  bool takes_no_checkpoints_ GUARDED_BY(checkpoints_mutex_) = false;  // from the end of the routes on
  TaskThread checkpoint_requests_;
  rpc::RestApi local_api_;
};

}  // namespace ddblog::offline
