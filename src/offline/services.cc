#include "offline/services.h"

#include <type_traits>
#include <utility>

#include "services/dynamodb/service.h"
#include "services/scheduler/service.h"
#include "services/streams/service.h"

namespace ddblog::offline {

// The first API, DynamoDB's, rejects targets that name no API (server/routing.h).
Services::Services(const rpc::ServiceEnvironment& environment, rpc::Listeners& listeners, ServiceSettings settings) {
  auto& tables = add<dynamodb::Service>(environment);
  add<streams::Service>(environment, tables.context());
  eventbridge_ = &add<eventbridge::Service>(environment, std::move(settings.eventbridge));
  sqs_ = &add<sqs::Service>(environment);
  add<scheduler::Service>(environment);
  lambda_ = &add<lambda::Service>(environment, listeners, settings.lambda);
}

Services::~Services() {
  while (!services_.empty()) services_.pop_back();
}

template <class Service, class... Arguments>
Service& Services::add(Arguments&&... arguments) {
  auto service = std::make_unique<Service>(std::forward<Arguments>(arguments)...);
  Service& added = *service;
  services_.push_back(std::move(service));
  added.addOperations(apis_);
  if constexpr (std::is_base_of_v<rpc::BackgroundWork, Service>) working_.push_back(&added);
  return added;
}

void Services::start() {
  for (const auto& service : services_) service->start();
}

rpc::Activity Services::activity() const {
  rpc::Activity activity;
  for (const auto& service : services_) activity.add(service->activity());
  return activity;
}

rpc::Delays Services::delays() const {
  rpc::Delays delays;
  for (const rpc::BackgroundWork* one : working_) {
    for (rpc::Delay& delay : one->delays()) delays.push_back(std::move(delay));
  }
  if (lambda_->readsQueues()) {  // what a function did not handle comes again
    rpc::addDelay(delays, "messages of a queue become visible", sqs_->activity().next_due);
  }
  return delays;
}

void Services::hurry() {
  for (rpc::BackgroundWork* one : working_) one->hurry();
}

rpc::WorkCounts Services::workCounts() const {
  rpc::WorkCounts counts;
  for (const rpc::BackgroundWork* one : working_) counts.add(one->workCounts());
  return counts;
}

rpc::Backlog Services::backlog(const Reader& reader) const {
  rpc::Backlog backlog;
  for (const auto& service : services_) backlog.add(service->backlog(reader));
  return backlog;
}

void Services::stop() {
  for (auto service = services_.rbegin(); service != services_.rend(); ++service) (*service)->stop();
}

std::shared_ptr<lambda::FunctionHost> Services::retire() {
  std::shared_ptr<lambda::FunctionHost> host = lambda_->retire();
  stop();
  return host;
}

}  // namespace ddblog::offline
