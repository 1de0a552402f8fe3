#include "offline/cloud_state.h"

#include <future>
#include <utility>

#include "base/json_writer.h"
#include "base/text.h"
#include "ddblog/names.h"
#include "offline/fault_report.h"
#include "offline/local_api.h"
#include "offline/service_options.h"
#include "offline/trace_sources.h"
#include "rpc/call.h"
#include "snapshots/checkpoint.h"
#include "snapshots/data_directory.h"
#include "store/file_names.h"

namespace ddblog::offline {

namespace {

// Opens the store, or takes the loaded in-memory one. First completes what `snapshot load` left
// unfinished in the directory.
std::unique_ptr<Store> openStore(const OfflineOptions& options, const OfflineCloud::Log& log, Clock& clock,
                                 const snapshots::LoadedState& loaded) {
  if (auto store = loaded.state ? loaded.state->takeStore() : nullptr) return store;
  if (!options.in_memory) {
    snapshots::finishInterruptedLoad(options.data);
    if (!options.recover) snapshots::checkStoreIsThere(options.data);
  }
  StoreOptions store;
  store.directory = options.data;
  store.in_memory = options.in_memory;
  store.durability = options.durability;
  store.recover = options.recover;
  store.clock = &clock;
  store.log = [&log](std::string_view line) { log(std::string(line)); };
  return Store::open(store);
}

std::unique_ptr<eventbridge::ArchiveFile> openArchive(const OfflineOptions& options, const OfflineCloud::Log& log,
                                                      const snapshots::LoadedState& loaded) {
  if (auto archive = loaded.state ? loaded.state->takeArchive() : nullptr) return archive;
  const auto open = [&options] {
    return std::make_unique<eventbridge::ArchiveFile>(
        options.in_memory ? std::filesystem::path() : options.data / snapshots::kArchiveName,
        eventbridge::ArchiveFile::Access::kReadWrite, options.durability);
  };
  try {
    return open();
  } catch (const eventbridge::ArchiveDamaged& damaged) {
    if (!options.recover) throw;
    log(std::string("recovers: ") + damaged.what() + "; kept as " + snapshots::putArchiveAside(options.data).string());
  }
  return open();
}

// "1,234 events", "1 event", "10,000 or more events"
std::string counted(const rpc::BoundedCount& count, const std::string& what) {
  return withThousands(count.number) + (count.or_more ? " or more " : " ") + what +
         (count.number == 1 && !count.or_more ? "" : "s");
}

deploy::Refusals provisionIn(const CloudFrame& frame, Services& services, Store& store) {
  deploy::Refusals refusals(frame.app, frame.options.leaves_out_errors);
  deploy::provisionApplication(frame.app, services.apis(), store, refusals);
  return refusals;
}

}  // namespace

CloudFrame::CloudFrame(OfflineOptions given, OfflineCloud::Log to, OfflineCloud::Loaded changed,
                       templates::App application)
    : options(std::move(given)),
      output(std::move(to)),
      log([this](const std::string& line) {
        recent_lines.add(line);
        output(line);
      }),
      changed(std::move(changed)),
      app(std::move(application)),
      faults(options.faults ? std::make_unique<Faults>(*options.faults) : nullptr),
      server(serverOptions(options, this->log, faults.get()), real_time, ids),
      resets(checkpoints, options.in_memory ? std::filesystem::path() : options.data, this->changed) {
  if (options.request_stop) {
    addStop(lasting_api, options.request_stop, options.in_memory ? std::filesystem::path() : options.data);
  }
  addLogRoute(lasting_api, recent_lines);
  resets.addRoutes(lasting_api);
  server.serveLasting(lasting_api);
}

CloudState::CloudState(CloudFrame& frame, const snapshots::LoadedState& state, const CloudClock::TimeOfDay& time)
    : frame_(frame),
      run_(frame.ids.uuid()),
      store_(openStore(frame.options, frame.log, frame.real_time, state)),
      running_time_(clock_.running(), *store_),
      archive_file_(openArchive(frame.options, frame.log, state)),
      universal_targets_(operations_, [this](std::string_view line) { frame_.log(std::string(line)); }),
      leases_(frame.real_time, frame.ids,
              [this] { return snapshots::StateReader::ofRunningCloud(clock_, *store_, *services_->archive()); }),
      uploads_(
          frame.real_time, frame.ids, frame.options.in_memory ? std::filesystem::path() : frame.options.data,
          [this](Store& other) { tryIn(other); }, frame.changed),
      rest_({clock_, frame.real_time, *store_, [this] { return services_->activity(); },
             [this] { return services_->delays(); }, [this] { services_->hurry(); },
             [this] { frame_.server.takeArrived(); }}),
      clock_moves_({clock_, frame.real_time, running_time_, rest_}),
      settles_({clock_, frame.real_time, *store_, running_time_, rest_, failures_,
                [this] { return services_->workCounts(); },
                [this](const Settles::Event& event) { return isThere(event); },
                [this](const std::string& request_id) { return frame_.server.hasClient(request_id); },
                frame.options.stage + std::string(names::kLogTableEnd)}) {
  clock_.setTimeOfDay(time);
  recipients_of_failures_.add(universal_targets_);
}

CloudState::~CloudState() = default;

rpc::ServiceEnvironment CloudState::environment(Store& of_services, Clock& of_all, rpc::Recipients& of_messages,
                                                rpc::OperationRegistry& of_operations, rpc::EventSources& of_events,
                                                rpc::FailureRecorder& of_failures, Faults* of_deliveries,
                                                rpc::Traces* of_events_ways) {
  return {of_services,
          of_all,
          frame_.ids,
          frame_.options.region,
          frame_.options.account_id,
          of_messages,
          of_operations,
          of_events,
          of_failures,
          [log = frame_.log](std::string_view line) { log(std::string(line)); },
          of_deliveries,
          of_events_ways};
}

void CloudState::serve() {
  lambda::ServiceOptions lambda = lambdaOptions(frame_.options, frame_.endpoint, frame_.real_time);
  lambda.host = std::move(frame_.function_host);
  services_ = std::make_unique<Services>(
      environment(*store_, clock_, recipients_, operations_, event_sources_, failures_, frame_.faults.get(), &traces_),
      frame_.server,
      ServiceSettings{eventbridgeOptions(frame_.options, frame_.app, archive_file_.get()), std::move(lambda)});
  addLocalOperations(local_api_, run_);
  addFailureRoutes(local_api_, failure_context_);
  trace_context_.emplace(
      traceContext(traces_, frame_.options.stage + std::string(names::kLogTableEnd), services_->apis()));
  traces::addTraceRoutes(local_api_, *trace_context_);
  if (frame_.faults) addFaultRoutes(local_api_, *frame_.faults);
  clock_moves_.addRoutes(local_api_);
  settles_.addRoutes(local_api_);
  leases_.addRoutes(local_api_);
  uploads_.addRoutes(local_api_);
  frame_.checkpoints.addRoutes(
      local_api_, [this](std::uint64_t most) { return takeCheckpoint(most); },
      [this](std::function<void()> task) { return postCheckpointRequest(std::move(task)); });
  frame_.server.serve(services_->apis());
  frame_.server.serve(local_api_);
}

deploy::Refusals CloudState::provision() { return provisionIn(frame_, *services_, *store_); }

void CloudState::tryIn(Store& other) {
  rpc::Recipients recipients_of_other;
  rpc::OperationRegistry operations_of_other;
  rpc::EventSources event_sources_of_other;
  AdjustableClock clock_of_other;
  FailureStore failures_of_other(clock_of_other);
  const DurableRunningTime running_time_of_other(clock_of_other, other);
  Services services_of_other(environment(other, clock_of_other, recipients_of_other, operations_of_other,
                                         event_sources_of_other, failures_of_other, nullptr, nullptr),
                             frame_.server,
                             ServiceSettings{eventbridgeOptions(frame_.options, frame_.app, nullptr),
                                             lambdaOptions(frame_.options, {}, frame_.real_time)});
  try {
    provisionIn(frame_, services_of_other, other);
  } catch (const deploy::ProvisionError& e) {
    throw deploy::ProvisionError(e.text());  // the fault is the other store's: the place in the template says nothing
  }
  other.drain();
}

void CloudState::start() {
  running_time_.start([log = frame_.log](std::string_view line) { log(std::string(line)); });
  services_->start();
  clock_moves_.start();
  settles_.start();
  leases_.start();
  uploads_.start();
}

// Those who wait for the services end first.
void CloudState::endRoutes() {
  uploads_.end();
  {
    MutexLock lock(checkpoints_mutex_);
    takes_no_checkpoints_ = true;  // those that wait get an error
  }
  checkpoint_requests_.stop();
  clock_moves_.end();
  settles_.end();
}

void CloudState::finish() {
  running_time_.stop();
  store_->drain();  // for requests that the server did not wait for
  leases_.end();
}

void CloudState::stop(const std::function<void()>& stop_server) {
  endRoutes();
  if (services_) services_->stop();
  stop_server();
  finish();
}

void CloudState::retire() {
  endRoutes();
  frame_.function_host = services_->retire();
  frame_.server.pause();
  finish();
  frame_.server.serveNone();
}

bool CloudState::postCheckpointRequest(std::function<void()> request) {
  MutexLock lock(checkpoints_mutex_);
  if (!takes_no_checkpoints_) checkpoint_requests_.post(std::move(request));
  return !takes_no_checkpoints_;
}

Checkpoints::Pointer CloudState::takeCheckpoint(std::uint64_t most) {
  {
    MutexLock lock(checkpoints_mutex_);
    if (takes_no_checkpoints_) throw Checkpoints::ended();
  }
  std::promise<void> saved;  // even if it is not, the clock would be behind by a minute at most
  running_time_.save([&saved](std::exception_ptr) { saved.set_value(); });
  saved.get_future().wait();
  return snapshots::Checkpoint::take(snapshots::StateReader::ofRunningCloud(clock_, *store_, *services_->archive()),
                                     clock_.timeOfDay(), most);
}

bool CloudState::isThere(const Settles::Event& event) const {
  rpc::Request request;
  request.operation = "GetItem";
  JsonWriter json(request.body);
  json.beginObject().key("TableName").value(event.table).key("ConsistentRead").value(true);
  json.key("ProjectionExpression").value("sk").key("Key").beginObject();
  json.key("pk").beginObject().key("S").value(event.stream + "#stream").endObject();
  json.key("sk").beginObject().key("N").value(std::to_string(event.version)).endObject();
  json.endObject().endObject();
  const rpc::JsonApi* const tables = services_->apis().findJson("DynamoDB_20120810");
  const rpc::Outcome outcome = rpc::callAndWait(*tables->find("GetItem"), std::move(request));
  return outcome.response().body.find("\"Item\"") != std::string::npos;
}

std::string CloudState::waiting() const {
  const rpc::Backlog backlog = services_->backlog(*store_->snapshot());
  std::string text;
  if (backlog.events.number > 0 || backlog.events.or_more) text = counted(backlog.events, "event");
  if (backlog.invocations.number > 0) {
    text += (text.empty() ? "" : ", ") + counted(backlog.invocations, "invocation");
  }
  return text;
}

std::uint64_t CloudState::failures() const { return failures_.count(*store_->snapshot()); }

}  // namespace ddblog::offline
