#include "offline/offline_cloud.h"

#include "base/ids.h"
#include "base/system_paths.h"
#include "base/text.h"
#include "ddblog/names.h"
#include "deploy/local/provision.h"
#include "offline/clock_moves.h"
#include "offline/durable_running_time.h"
#include "offline/failures/failure_routes.h"
#include "offline/failures/failure_store.h"
#include "offline/fault_report.h"
#include "offline/function_endpoints.h"
#include "offline/local_api.h"
#include "offline/recent_lines.h"
#include "offline/services.h"
#include "offline/template_check.h"
#include "server/server.h"
#include "services/scheduler/schedules/universal_targets.h"
#include "snapshots/data_directory.h"
#include "snapshots/snapshot_leases.h"
#include "snapshots/snapshot_uploads.h"
#include "store/file_names.h"
#include "template/template.h"

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

server::ServerOptions serverOptions(const OfflineOptions& options, const OfflineCloud::Log& log, Faults* faults) {
  server::ServerOptions server;
  server.region = options.region;
  server.access_keys = options.access_keys;
  server.cors_origins = options.cors_origins;
  server.faults = faults;
  server.log = log;
  return server;
}

// The endpoint that functions use: this machine, whatever address the server listens on.
std::string endpointForFunctions(const server::Address& address) {
  const bool any = address.host == "0.0.0.0" || address.host == "::";
  const bool bracketed = address.host.find(':') != std::string::npos && !any;
  const std::string host = any ? "127.0.0.1" : bracketed ? "[" + address.host + "]" : address.host;
  return "http://" + host + ":" + std::to_string(address.port);
}

lambda::ServiceOptions lambdaOptions(const OfflineOptions& options, const std::string& endpoint, Clock& process_clock) {
  lambda::ServiceOptions lambda;
  lambda.endpoint_url = endpoint;
  lambda.retry_delays = {options.retry_delay};
  lambda.concurrency = options.concurrency.value_or(0);
  lambda.process_clock = &process_clock;
  if (options.watch) lambda.watch = lambda::WatchSettings{options.in_memory ? std::filesystem::path() : options.data};
  lambda.prewarm = true;
  lambda.built_ins = {{templates::kBuiltInTrigger, {programPath(), "trigger"}}};
  if (!options.access_keys.empty()) {  // functions sign with a configured key, like all clients
    lambda.environment["AWS_ACCESS_KEY_ID"] = options.access_keys.begin()->first;
    lambda.environment["AWS_SECRET_ACCESS_KEY"] = options.access_keys.begin()->second;
    lambda.environment["AWS_SESSION_TOKEN"] = "signed";
  }
  return lambda;
}

// Every bus of the application is archived, whatever its name, and the log's own events have
// content ids.
eventbridge::ServiceOptions eventbridgeOptions(const OfflineOptions& options, const templates::App& app,
                                               eventbridge::ArchiveFile* archive_file) {
  eventbridge::ServiceOptions eventbridge;
  // Without any fsync, a crash of the machine may lose rows.
  eventbridge.archive.accepts_lost_rows = options.recover || options.durability == Durability::kOperatingSystem;
  eventbridge.archive_file = archive_file;
  for (const json::object& bus : app.event_buses) eventbridge.archive.buses.emplace(bus.at("Name").as_string());
  eventbridge.has_content_id = [](const eventbridge::NewEvent& event) {
    return event.source == names::kSource && event.detail_type == names::kDetailType;
  };
  return eventbridge;
}

templates::App readApp(const OfflineOptions& options) {
  if (!options.application) return templates::defaultApp(options.stage, options.region, options.account_id);
  const templates::PseudoParameters pseudo =
      pseudoParametersOf(options, endpointForFunctions({options.host, options.ports.at(0)}));
  const templates::Outside outside = outsideOf(options);
  if (options.leaves_out_errors) return options.application->inspect(pseudo, outside).app;
  return options.application->read(pseudo, outside);
}

OfflineSummary summaryOf(const templates::App& app) {
  OfflineSummary summary;
  auto text = [](const json::object& object, const char* name) { return std::string(object.at(name).as_string()); };
  for (const templates::App::Table& table : app.tables) summary.tables.push_back(text(table.create_table, "TableName"));
  for (const json::object& bus : app.event_buses) summary.buses.push_back(text(bus, "Name"));
  for (const templates::App::Rule& rule : app.rules) summary.rules.push_back(text(rule.put_rule, "Name"));
  for (const json::object& queue : app.queues) summary.queues.push_back(text(queue, "QueueName"));
  for (const templates::App::Function& function : app.functions) summary.functions.push_back(function.name);
  summary.notes = app.notes;
  return summary;
}

// "1,234 events", "1 event", "10,000 or more events"
std::string counted(const rpc::BoundedCount& count, const std::string& what) {
  return withThousands(count.number) + (count.or_more ? " or more " : " ") + what +
         (count.number == 1 && !count.or_more ? "" : "s");
}

// What the cloud goes on with; empty: nothing waits.
std::string described(const rpc::Backlog& backlog) {
  std::string text;
  if (backlog.events.number > 0 || backlog.events.or_more) text = counted(backlog.events, "event");
  if (backlog.invocations.number > 0) {
    text += (text.empty() ? "" : ", ") + counted(backlog.invocations, "invocation");
  }
  return text;
}

}  // namespace

// In the order of their dependencies; destroyed in reverse order.
struct OfflineCloud::Parts {
  Parts(OfflineOptions given, Log to, Loaded loaded, templates::App application, const snapshots::LoadedState& state)
      : options(std::move(given)),
        output(std::move(to)),
        log([this](const std::string& line) {
          recent_lines.add(line);
          output(line);
        }),
        loaded(std::move(loaded)),
        app(std::move(application)),
        summary(summaryOf(app)),
        faults(options.faults ? std::make_unique<Faults>(*options.faults) : nullptr),
        store(openStore(options, this->log, real_time, state)),
        running_time(clock, *store),
        server(serverOptions(options, this->log, faults.get()), real_time, ids),
        archive_file(openArchive(options, this->log, state)),
        snapshot_leases(real_time, ids,
                        [this] { return snapshots::StateReader::ofRunningCloud(clock, *store, *services->archive()); }),
        snapshot_uploads(
            real_time, ids, options.in_memory ? std::filesystem::path() : options.data,
            [this](Store& other) { tryIn(other); }, this->loaded),
        clock_moves({clock, real_time, *store, running_time, [this] { return services->activity(); }}) {
    recipients_of_failures.add(universal_targets);
  }

  rpc::ServiceEnvironment environment(Store& of_services, Clock& of_all, rpc::Recipients& of_messages,
                                      rpc::OperationRegistry& of_operations, rpc::EventSources& of_events,
                                      rpc::FailureRecorder& of_failures, Faults* of_deliveries) {
    return {of_services,
            of_all,
            ids,
            options.region,
            options.account_id,
            of_messages,
            of_operations,
            of_events,
            of_failures,
            [this](std::string_view line) { log(std::string(line)); },
            of_deliveries};
  }

  void makeServices(const std::string& endpoint) {
    services = std::make_unique<Services>(
        environment(*store, clock, recipients, operations, event_sources, failures, faults.get()), server,
        ServiceSettings{eventbridgeOptions(options, app, archive_file.get()),
                        lambdaOptions(options, endpoint, real_time)});
  }

  deploy::Refusals provision(Services& target, Store& store_of_target) {
    deploy::Refusals refusals(app, options.leaves_out_errors);
    deploy::provisionApplication(app, target.apis(), store_of_target, refusals);
    return refusals;
  }

  // Provisions the application in a store that is not in use yet, to find errors before that store
  // becomes the state. Throws ProvisionError.
  void tryIn(Store& other) {
    rpc::Recipients recipients_of_other;
    rpc::OperationRegistry operations_of_other;
    rpc::EventSources event_sources_of_other;
    AdjustableClock clock_of_other;
    FailureStore failures_of_other(clock_of_other);
    const DurableRunningTime running_time_of_other(clock_of_other, other);
    Services services_of_other(
        environment(other, clock_of_other, recipients_of_other, operations_of_other, event_sources_of_other,
                    failures_of_other, nullptr),
        server, ServiceSettings{eventbridgeOptions(options, app, nullptr), lambdaOptions(options, {}, real_time)});
    try {
      provision(services_of_other, other);
    } catch (const deploy::ProvisionError& e) {
      throw deploy::ProvisionError(e.text());  // the fault is the other store's: the place in the template says nothing
    }
    other.drain();
  }

  AdjustableClock real_time;  // never moved

  OfflineOptions options;  // with the actual ports
  RecentLines recent_lines{real_time};
  const Log output;  // what the cloud was given
  const Log log;     // that, and recent_lines
  const Loaded loaded;
  templates::App app;
  OfflineSummary summary;

  AdjustableClock clock;  // POST /_local/clock moves it
  Ids ids;
  std::unique_ptr<Faults> faults;  // nullptr: none
  std::unique_ptr<Store> store;
  DurableRunningTime running_time;
  server::Server server;
  std::unique_ptr<eventbridge::ArchiveFile> archive_file;
  rpc::Recipients recipients;
  rpc::OperationRegistry operations;
  scheduler::UniversalTargets universal_targets{operations, [this](std::string_view line) { log(std::string(line)); }};
  rpc::Recipients recipients_of_failures{&recipients};  // what a failure may be sent to again
  rpc::EventSources event_sources;
  FailureStore failures{clock};
  FailureContext failure_context{*store, failures, recipients_of_failures};
  std::unique_ptr<Services> services;
  snapshots::SnapshotLeases snapshot_leases;
  snapshots::SnapshotUploads snapshot_uploads;
  ClockMoves clock_moves;
  rpc::RestApi local_api;
};

OfflineCloud::OfflineCloud(OfflineOptions options, Log log, Loaded loaded) {
  templates::App app = readApp(options);
  parts_ = std::make_unique<Parts>(std::move(options), std::move(log), std::move(loaded), std::move(app),
                                   snapshots::LoadedState());
  open();
}

void OfflineCloud::open() {
  Parts& parts = *parts_;
  std::string endpoint;
  const bool system_chooses_port = parts.options.ports.at(0) == 0;
  for (int& port : parts.options.ports) {
    const server::Address address = parts.server.listen({parts.options.host, port});
    port = address.port;
    parts.summary.urls.push_back(endpointForFunctions(address));
    if (endpoint.empty()) endpoint = parts.summary.urls.back();
  }
  if (system_chooses_port) parts.app = readApp(parts.options);  // the URLs of queues contain the port
  parts.makeServices(endpoint);
  addLocalOperations(parts.local_api, parts.ids.uuid());
  if (parts.options.request_stop) {
    addStop(parts.local_api, parts.options.request_stop,
            parts.options.in_memory ? std::filesystem::path() : parts.options.data);
  }
  addFailureRoutes(parts.local_api, parts.failure_context);
  addLogRoute(parts.local_api, parts.recent_lines);
  if (parts.faults) addFaultRoutes(parts.local_api, *parts.faults);
  parts.clock_moves.addRoutes(parts.local_api);
  parts.snapshot_leases.addRoutes(parts.local_api);
  parts.snapshot_uploads.addRoutes(parts.local_api);
  parts.server.serve(parts.services->apis());
  parts.server.serve(parts.local_api);

  const deploy::Refusals refusals = parts.provision(*parts.services, *parts.store);
  parts.summary.refusals = refusals.errors();
  parts.summary.refused_stand_ins = refusals.notes();
  for (const deploy::ProvisionError& note : refusals.notes()) parts.summary.notes.emplace_back(note.what());
  for (std::string& note : notesOnEndpoints(parts.app, parts.summary.urls)) {
    parts.summary.notes.push_back(std::move(note));
  }
  const auto snapshot = parts.store->snapshot();
  parts.summary.waiting = described(parts.services->backlog(*snapshot));
  parts.summary.failures = parts.failures.count(*snapshot);
}

OfflineCloud::~OfflineCloud() { stop(); }

void OfflineCloud::start() {
  Parts& parts = *parts_;
  parts.server.start();
  parts.running_time.start([&parts](std::string_view line) { parts.log(std::string(line)); });
  parts.services->start();
  parts.clock_moves.start();
  parts.snapshot_leases.start();
  parts.snapshot_uploads.start();
}

// First rejects snapshots that are not loaded yet. Then the services stop, while functions can
// still reach the server to finish their running invocations. Then the server stops: everything
// that it has acknowledged is in the store. Last, Parts' destructor closes the archive and the
// store.
void OfflineCloud::stop() {
  if (!parts_) return;
  Parts& parts = *parts_;
  parts.snapshot_uploads.end();
  parts.clock_moves.end();
  if (parts.services) parts.services->stop();
  parts.server.stop();
  parts.running_time.stop();
  parts.store->drain();  // for requests that the server did not wait for
  parts.snapshot_leases.end();
}

void OfflineCloud::restart() {
  if (!parts_->snapshot_uploads.isLoaded()) return;
  stop();
  const snapshots::LoadedState state = parts_->snapshot_uploads.takeLoaded();
  OfflineOptions options = parts_->options;
  Log log = parts_->output;
  Loaded loaded = parts_->loaded;
  templates::App app = parts_->app;
  parts_.reset();  // releases the data directory briefly
  try {
    parts_ = std::make_unique<Parts>(std::move(options), std::move(log), std::move(loaded), std::move(app), state);
    open();
    start();
  } catch (...) {
    stop();
    parts_.reset();
    throw;
  }
  parts_->log("started anew with the snapshot " + state.name + ", as of " + state.saved_at);
}

const OfflineSummary& OfflineCloud::summary() const { return parts_->summary; }

std::string OfflineCloud::injectedFaults() const {
  return parts_->faults ? offline::injectedFaults(*parts_->faults) : std::string();
}

}  // namespace ddblog::offline
