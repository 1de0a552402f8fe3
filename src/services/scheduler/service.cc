#include "services/scheduler/service.h"

#include "services/scheduler/operations.h"
#include "services/scheduler/schedules/universal_targets.h"

namespace ddblog::scheduler {

Service::Service(const rpc::ServiceEnvironment& environment)
    : context_(environment),
      retries_(context_.deliveries, "schedules' targets are invoked again", UniversalTargets::isUniversal),
      timer_(context_),
      api_(protocol()),
      provisioning_api_(provisioningProtocol()) {
  scheduler::addOperations(api_, context_);
  addProvisioningOperations(provisioning_api_, context_);
}

void Service::addOperations(rpc::Apis& apis) {
  apis.add(api_);
  apis.addInternal(provisioning_api_);
}

void Service::start() {
  retries_.start();
  timer_.start();
}

void Service::stop() {
  timer_.stop();
  retries_.stop();
}

rpc::Delays Service::delays() const {
  rpc::Delays delays;
  rpc::addDelay(delays, "schedules' targets are invoked again", retries_.activity().next_due);
  return delays;
}

rpc::WorkCounts Service::workCounts() const {
  rpc::WorkCounts counts;
  counts.deliveries = context_.deliveries.delivered();
  counts.retries = context_.deliveries.retries();
  return counts;
}

rpc::Activity Service::activity() const {
  rpc::Activity activity = timer_.activity();
  activity.add(retries_.activity());
  return activity;
}

}  // namespace ddblog::scheduler
