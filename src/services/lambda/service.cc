#include "services/lambda/service.h"

#include <stdexcept>
#include <thread>

#include "services/lambda/operations.h"

namespace ddblog::lambda {

namespace {

HostOptions hostOptions(const rpc::ServiceEnvironment& environment, const ServiceOptions& options) {
  HostOptions host;
  host.runtimes = {options.runtime_directory, environment.region, options.endpoint_url, options.environment};
  host.pools.concurrency =
      options.concurrency > 0 ? options.concurrency : static_cast<int>(std::thread::hardware_concurrency()) + 1;
  host.pools.surplus_idle = options.surplus_idle;
  host.stop_grace = options.stop_grace;
  return host;
}

}  // namespace

Service::Service(const rpc::ServiceEnvironment& environment, dynamodb::ChangeSignals& change_signals,
                 rpc::Listeners& listeners, const ServiceOptions& options)
    : store_(environment.store),
      clock_(environment.clock),
      ids_(environment.ids),
      change_signals_(change_signals),
      log_(environment.log),
      prewarm_(options.prewarm),
      functions_(environment.region, environment.account_id),
      recipients_(environment.recipients),
      host_(options.process_clock ? *options.process_clock : clock_, ids_, listeners, hostOptions(environment, options),
            log_),
      queue_(store_, clock_, ids_, functions_, host_, recipients_, {options.retry_delays}, log_),
      recipient_(functions_, queue_),
      context_{store_, ids_, functions_, host_, queue_, mappings_},
      api_(protocol()) {
  environment.recipients.add(recipient_);
  lambda::addOperations(api_, context_);
}

Service::~Service() {
  stop();
  if (!started_) return;
  // What was handed to the writer refers to this service: its completions (the first waits for them), and the signals
  // that the writer raises after those (the second).
  store_.writeAndWait([](Transaction&) {});
  store_.writeAndWait([](Transaction&) {});
}

void Service::addFunction(Function function) {
  for (const std::string& arn :
       {function.asynchronous.on_success, function.asynchronous.on_failure, function.dead_letter_arn}) {
    if (arn.empty() || recipients_.find(arn)) continue;
    throw std::invalid_argument("function " + function.name + ": there is no destination " + arn + " offline");
  }
  functions_.set(std::move(function));
}

void Service::addMapping(const json::object& create_event_source_mapping) {
  const MappingParts parts{store_, clock_, ids_, change_signals_, functions_, host_, recipients_, log_};
  mappings_.push_back(std::make_unique<EventSourceMapping>(parts, readMappingSettings(create_event_source_mapping)));
}

void Service::start() {
  started_ = true;
  queue_.start();
  for (const auto& mapping : mappings_) mapping->start();
  if (prewarm_) prewarm();
}

void Service::prewarm() {
  for (const FunctionPointer& function : functions_.all()) host_.prewarm(function);
}

void Service::stop() {
  if (std::exchange(stopped_, true)) return;
  for (const auto& mapping : mappings_) mapping->requestStop();
  queue_.stop();
  host_.stop();
  for (const auto& mapping : mappings_) mapping->join();
}

}  // namespace ddblog::lambda
