#include "offline/offline_cloud.h"

#include "base/ids.h"
#include "deploy/local/declaration.h"
#include "offline/local_service.h"
#include "server/server.h"
#include "services/dynamodb/operations.h"
#include "services/dynamodb/tables/deleted_tables.h"
#include "services/dynamodb/tables/time_to_live.h"
#include "services/eventbridge/operations.h"
#include "services/lambda/service.h"
#include "services/streams/operations.h"
#include "services/streams/retention.h"
#include "snapshots/data_directory.h"
#include "snapshots/snapshot_leases.h"
#include "snapshots/snapshot_uploads.h"
#include "template/template.h"

namespace ddblog::offline {

namespace {

// Of a state in memory that was loaded, or opened. What `snapshot load` left to do in the directory
// is done first.
std::unique_ptr<Store> openStore(const OfflineOptions& options, const snapshots::LoadedState& loaded) {
  if (auto store = loaded.state ? loaded.state->takeStore() : nullptr) return store;
  if (!options.in_memory) snapshots::settleDataDirectory(options.data);
  StoreOptions store;
  store.directory = options.data;
  store.in_memory = options.in_memory;
  store.durability = options.durability;
  return Store::open(store);
}

std::unique_ptr<eventbridge::ArchiveFile> openArchive(const OfflineOptions& options,
                                                      const snapshots::LoadedState& loaded) {
  if (auto archive = loaded.state ? loaded.state->takeArchive() : nullptr) return archive;
  return std::make_unique<eventbridge::ArchiveFile>(
      options.in_memory ? std::filesystem::path() : options.data / snapshots::kArchiveName,
      eventbridge::ArchiveFile::Access::kReadWrite, options.durability);
}

server::ServerOptions serverOptions(const OfflineOptions& options, const OfflineCloud::Log& log) {
  server::ServerOptions server;
  server.region = options.region;
  server.access_keys = options.access_keys;
  server.log = log;
  return server;
}

// Where functions find the services: this machine, whatever the server listens on.
std::string endpointForFunctions(const server::Address& address) {
  const bool any = address.host == "0.0.0.0" || address.host == "::";
  const bool bracketed = address.host.find(':') != std::string::npos && !any;
  const std::string host = any ? "127.0.0.1" : bracketed ? "[" + address.host + "]" : address.host;
  return "http://" + host + ":" + std::to_string(address.port);
}

lambda::ServiceOptions lambdaOptions(const OfflineOptions& options, const std::string& endpoint, Clock& process_clock,
                                     const OfflineCloud::Log& log) {
  lambda::ServiceOptions service;
  service.region = options.region;
  service.account_id = options.account_id;
  service.endpoint_url = endpoint;
  service.retry_delays = {options.retry_delay};
  service.concurrency = options.concurrency.value_or(0);
  service.process_clock = &process_clock;
  service.log = log;
  if (!options.access_keys.empty()) {  // functions are served like everybody else
    service.environment["AWS_ACCESS_KEY_ID"] = options.access_keys.begin()->first;
    service.environment["AWS_SECRET_ACCESS_KEY"] = options.access_keys.begin()->second;
  }
  return service;
}

// Every bus of the application is archived, whatever its name.
eventbridge::ArchiveOptions archiveOptions(const templates::App& app) {
  eventbridge::ArchiveOptions archive;
  for (const json::object& bus : app.event_buses) archive.buses.emplace(bus.at("Name").as_string());
  return archive;
}

templates::App readApp(const OfflineOptions& options) {
  if (!options.template_file) return templates::defaultApp(options.stage, options.region, options.account_id);
  return templates::readTemplate(
      *options.template_file, options.parameters,
      {.region = options.region, .account_id = options.account_id, .stack_name = options.stage});
}

OfflineSummary summaryOf(const templates::App& app) {
  OfflineSummary summary;
  auto text = [](const json::object& object, const char* name) { return std::string(object.at(name).as_string()); };
  for (const templates::App::Table& table : app.tables) summary.tables.push_back(text(table.create_table, "TableName"));
  for (const json::object& bus : app.event_buses) summary.buses.push_back(text(bus, "Name"));
  for (const templates::App::Rule& rule : app.rules) summary.rules.push_back(text(rule.put_rule, "Name"));
  for (const lambda::Function& function : app.functions) summary.functions.push_back(function.name);
  summary.notes = app.notes;
  return summary;
}

// All commands before it are carried out, and have raised their signals: what they use may go.
void finishWriting(Store& store) {
  store.writeAndWait([](Transaction&) {});
}

}  // namespace

// In the order in which they need each other; destroyed the other way round.
struct OfflineCloud::Parts {
  Parts(OfflineOptions given, Log log, Loaded loaded, templates::App application, const snapshots::LoadedState& state)
      : options(std::move(given)),
        log(std::move(log)),
        loaded(std::move(loaded)),
        app(std::move(application)),
        summary(summaryOf(app)),
        store(openStore(options, state)),
        dynamodb(*store, clock, ids, options.region, options.account_id),
        server(serverOptions(options, this->log), real_time, ids),
        archive_file(openArchive(options, state)),
        archive(*store, clock, *archive_file, archiveOptions(app),
                [this](std::string_view line) { this->log(std::string(line)); }),
        snapshot_leases(real_time, ids,
                        [this] { return snapshots::StateReader::ofRunningCloud(clock, *store, archive); }),
        snapshot_uploads(
            real_time, ids, options.in_memory ? std::filesystem::path() : options.data,
            [this](Store& other) { declareIn(other); }, this->loaded) {}

  // The application in another store than the one that is served: what cannot be made real there is
  // found out before that is the state. Throws DeclarationError.
  void declareIn(Store& other) {
    dynamodb::Context of_tables(other, clock, ids, options.region, options.account_id);
    rpc::JsonService tables{dynamodb::protocol()};
    dynamodb::addOperations(tables, of_tables);
    eventbridge::Context of_buses(other, clock, ids, options.region, options.account_id, lambda->target(), archive,
                                  [this](std::string_view line) { this->log(std::string(line)); });
    rpc::JsonService buses{eventbridge::protocol()};
    eventbridge::addOperations(buses, of_buses);
    deploy::declareTables(app, tables, other);
    deploy::declareBus(app, buses, other);
    finishWriting(other);
  }

  OfflineOptions options;  // with the ports that it got
  const Log log;
  const Loaded loaded;
  const templates::App app;
  OfflineSummary summary;

  AdjustableClock clock;      // that POST /_local/clock moves
  AdjustableClock real_time;  // that nobody moves
  Ids ids;
  std::unique_ptr<Store> store;
  dynamodb::Context dynamodb;
  server::Server server;
  std::unique_ptr<eventbridge::ArchiveFile> archive_file;
  eventbridge::Archive archive;
  snapshots::SnapshotLeases snapshot_leases;
  snapshots::SnapshotUploads snapshot_uploads;
  std::unique_ptr<lambda::Service> lambda;
  std::unique_ptr<eventbridge::Context> eventbridge;
  std::unique_ptr<dynamodb::TimeToLive> time_to_live;
  std::unique_ptr<dynamodb::DeletedTables> deleted_tables;
  std::unique_ptr<streams::Retention> retention;

  rpc::JsonService dynamodb_service{dynamodb::protocol()};
  rpc::JsonService streams_service{streams::protocol()};
  rpc::JsonService eventbridge_service{eventbridge::protocol()};
  rpc::RestService lambda_service;
  rpc::RestService local_service;
};

OfflineCloud::OfflineCloud(OfflineOptions options, Log log, Loaded loaded) {
  templates::App app = readApp(options);
  parts_ = std::make_unique<Parts>(std::move(options), std::move(log), std::move(loaded), std::move(app),
                                   snapshots::LoadedState());
  open();
}

void OfflineCloud::open() {
  Parts& parts = *parts_;
  parts.server.serve(parts.dynamodb_service);
  parts.server.serve(parts.streams_service);
  parts.server.serve(parts.eventbridge_service);
  parts.server.serve(parts.lambda_service);
  parts.server.serve(parts.local_service);

  std::string endpoint;
  for (int& port : parts.options.ports) {
    const server::Address address = parts.server.listen({parts.options.host, port});
    port = address.port;
    parts.summary.urls.push_back(endpointForFunctions(address));
    if (endpoint.empty()) endpoint = parts.summary.urls.back();
  }

  parts.lambda = std::make_unique<lambda::Service>(*parts.store, parts.clock, parts.ids, parts.dynamodb.change_signals,
                                                   parts.server,
                                                   lambdaOptions(parts.options, endpoint, parts.real_time, parts.log));
  parts.eventbridge = std::make_unique<eventbridge::Context>(
      *parts.store, parts.clock, parts.ids, parts.options.region, parts.options.account_id, parts.lambda->target(),
      parts.archive, [&parts](std::string_view line) { parts.log(std::string(line)); });

  dynamodb::addOperations(parts.dynamodb_service, parts.dynamodb);
  streams::addOperations(parts.streams_service, parts.dynamodb);
  eventbridge::addOperations(parts.eventbridge_service, *parts.eventbridge);
  eventbridge::addLocalRoutes(parts.local_service, *parts.eventbridge);
  parts.lambda->addOperations(parts.lambda_service);
  addLocalOperations(parts.local_service, parts.clock, parts.ids.uuid());
  parts.snapshot_leases.addRoutes(parts.local_service);
  parts.snapshot_uploads.addRoutes(parts.local_service);

  for (const lambda::Function& function : parts.app.functions) parts.lambda->addFunction(function);
  deploy::declareTables(parts.app, parts.dynamodb_service, *parts.store);
  deploy::declareBus(parts.app, parts.eventbridge_service, *parts.store);
  for (const json::object& mapping : parts.app.event_source_mappings) parts.lambda->addMapping(mapping);
}

OfflineCloud::~OfflineCloud() { stop(); }

void OfflineCloud::start() {
  Parts& parts = *parts_;
  parts.lambda->start();
  parts.server.start();
  parts.lambda->prewarm();
  const auto warn = [&parts](std::string_view line) { parts.log(std::string(line)); };
  parts.time_to_live = std::make_unique<dynamodb::TimeToLive>(parts.dynamodb, warn);
  parts.deleted_tables = std::make_unique<dynamodb::DeletedTables>(parts.dynamodb, warn);
  parts.retention = std::make_unique<streams::Retention>(parts.dynamodb, warn);
  parts.snapshot_leases.start();
  parts.snapshot_uploads.start();
}

// A snapshot that is not loaded yet is refused. Then the functions: they still reach the services
// while their running invocations end. Then the server: what it has acknowledged is in the store.
// Then whatever writes by itself, then (in Parts' destruction) the archive and the store.
void OfflineCloud::stop() {
  if (!parts_) return;
  Parts& parts = *parts_;
  parts.snapshot_uploads.end();
  parts.lambda->stop();
  parts.server.stop();
  finishWriting(*parts.store);  // of requests that the server did not wait for
  parts.snapshot_leases.end();
  parts.retention.reset();
  parts.deleted_tables.reset();
  parts.time_to_live.reset();
}

void OfflineCloud::restart() {
  if (!parts_->snapshot_uploads.isLoaded()) return;
  stop();
  const snapshots::LoadedState state = parts_->snapshot_uploads.takeLoaded();
  OfflineOptions options = parts_->options;
  Log log = parts_->log;
  Loaded loaded = parts_->loaded;
  templates::App app = parts_->app;
  parts_.reset();  // the data directory is nobody's for a moment
  try {
    parts_ = std::make_unique<Parts>(std::move(options), std::move(log), std::move(loaded), std::move(app), state);
    open();
    start();
  } catch (...) {
    parts_.reset();
    throw;
  }
  parts_->log("started anew with the snapshot " + state.name + ", as of " + state.saved_at);
}

const OfflineSummary& OfflineCloud::summary() const { return parts_->summary; }

}  // namespace ddblog::offline
