#include "services/lambda/service.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "base/api_error.h"
#include "services/lambda/functions/stored_code.h"
#include "services/lambda/invocations/waiting_invocations.h"
#include "services/lambda/mappings/stored_mappings.h"
#include "services/lambda/operations.h"

namespace ddblog::lambda {

namespace {

HostOptions hostOptions(const rpc::ServiceEnvironment& environment, const ServiceOptions& options) {
  HostOptions host;
  host.runtimes = {options.runtime_directory, environment.region, options.endpoint_url, options.environment,
                   [&store = environment.store](const Code& code) { return readCode(*store.snapshot(), code); }};
  host.pools.concurrency =
      options.concurrency > 0 ? options.concurrency : static_cast<int>(std::thread::hardware_concurrency()) + 1;
  host.pools.surplus_idle = options.surplus_idle;
  host.pools.faults = environment.faults;
  host.stop_grace = options.stop_grace;
  host.watch = options.watch;
  return host;
}

}  // namespace

Service::Service(const rpc::ServiceEnvironment& environment, rpc::Listeners& listeners, const ServiceOptions& options)
    : store_(environment.store),
      log_(environment.log),
      prewarm_(options.prewarm),
      functions_(store_, environment.region, environment.account_id, options.built_ins),
      goes_on_(options.host != nullptr),
      host_(goes_on_
                ? options.host
                : std::make_shared<FunctionHost>(options.process_clock ? *options.process_clock : environment.clock,
                                                 environment.ids, listeners, hostOptions(environment, options), log_)),
      queue_(store_, environment.clock, environment.ids, functions_, *host_, environment.recipients,
             environment.failures, {options.retry_delays, environment.faults}, log_, environment.traces),
      recipient_(queue_, functions_),
      asynchronous_invoke_(queue_, functions_),
      mapping_dependencies_{store_,
                            environment.clock,
                            environment.ids,
                            environment.event_sources,
                            functions_,
                            *host_,
                            environment.recipients,
                            environment.failures,
                            log_,
                            environment.faults,
                            environment.traces},
      mappings_(mapping_dependencies_),
      context_{store_,
               environment.clock,
               environment.ids,
               functions_,
               *host_,
               queue_,
               environment.recipients,
               mapping_dependencies_,
               mappings_,
               archives_,
               environment.traces},
      api_(protocol()),
      provisioning_api_(provisioningProtocol()) {
  environment.recipients.add(recipient_);
  environment.operations.add("lambda", asynchronous_invoke_);
  lambda::addOperations(api_, context_);
  lambda::addProvisioningOperations(provisioning_api_, context_);
  lambda::addLocalRoutes(local_api_, context_);
}

Service::~Service() {
  stop();
  if (is_retired_) host_->leaveStore();
  if (!started_) return;
  store_.drain();  // pending commands, completions and notifiers refer to this service
}

void Service::addOperations(rpc::Apis& apis) {
  apis.add(api_);
  apis.add(local_api_);
  apis.addInternal(provisioning_api_);
}

void Service::start() {
  started_ = true;
  if (goes_on_) {
    host_->resume([this](const Code& code) { return readCode(*store_.snapshot(), code); },
                  [this](const std::string& reference) { return functions_.find(reference); });
  }
  queue_.start();
  mappings_.startAll();
  if (prewarm_) prewarm();
}

rpc::Activity Service::activity() const {
  rpc::Activity activity = queue_.activity();
  for (const RunningMappings::Pointer& mapping : mappings_.all()) activity.add(mapping->activity());
  return activity;
}

rpc::Delays Service::delays() const {
  rpc::Delays delays = delaysOfInvocations(*store_.snapshot(), queue_.activity().next_due);
  for (const RunningMappings::Pointer& mapping : mappings_.all()) {
    const MappingSettings& settings = mapping->settings();
    const std::string result = mapping->lastResult();
    rpc::addDelay(delays,
                  "the event source mapping " + settings.event_source_arn + " -> " + settings.function_name + " waits" +
                      (result.starts_with("PROBLEM") ? " for its next attempt (" + result + ")" : ""),
                  mapping->activity().next_due);
  }
  return delays;
}

rpc::WorkCounts Service::workCounts() const {
  rpc::WorkCounts counts;
  counts.invocations = queue_.handledCount();
  counts.retries = host_->retries();
  return counts;
}

bool Service::readsQueues() const {
  const auto mappings = mappings_.all();
  return std::ranges::any_of(mappings, [](const RunningMappings::Pointer& mapping) {
    return mapping->settings().enabled && mapping->settings().source_kind == SourceKind::kQueue;
  });
}

rpc::Backlog Service::backlog(const Reader& reader) const {
  rpc::Backlog backlog;
  backlog.invocations = AsynchronousQueue::backlog(reader);
  for (const StoredMapping& mapping : allMappings(reader)) {
    if (mapping.is_being_deleted) continue;
    try {
      MappingSettings settings = readMappingSettings(mapping.request);
      settings.function_name = mapping.function_name;
      backlog.events.add(EventSourceMapping(mapping_dependencies_, std::move(settings)).backlog(reader));
    } catch (const std::exception&) {  // start(), or the mapping's reader, says what is wrong with this one
    }
  }
  return backlog;
}

void Service::prewarm() {
  for (const FunctionPointer& function : functions_.list(*store_.snapshot())) host_->prewarm(function);
}

void Service::stop() {
  if (std::exchange(stopped_, true)) return;
  archives_.stop();
  mappings_.requestStop();
  queue_.stop();
  host_->stop();
  mappings_.join();
}

std::shared_ptr<FunctionHost> Service::retire() {
  if (std::exchange(stopped_, true)) return nullptr;
  is_retired_ = true;
  archives_.stop();
  mappings_.requestStop();
  queue_.stop();
  host_->pause();
  mappings_.join();
  return host_;
}

}  // namespace ddblog::lambda
