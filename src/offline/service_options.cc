#include "offline/service_options.h"

#include "base/system_paths.h"
#include "ddblog/names.h"
#include "offline/template_check.h"
#include "snapshots/data_directory.h"
#include "template/template.h"

namespace ddblog::offline {

server::ServerOptions serverOptions(const OfflineOptions& options, const std::function<void(const std::string&)>& log,
                                    Faults* faults) {
  server::ServerOptions server;
  server.region = options.region;
  server.access_keys = options.access_keys;
  server.cors_origins = options.cors_origins;
  server.faults = faults;
  server.log = log;
  return server;
}

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

}  // namespace ddblog::offline
