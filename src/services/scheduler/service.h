// EventBridge Scheduler: schedules in groups, the invocations of their targets, and the operations on
// them.
#pragma once

#include "deliveries/retries.h"
#include "rpc/background_work.h"
#include "rpc/service.h"
#include "services/scheduler/schedules/context.h"
#include "services/scheduler/schedules/timer.h"

namespace ddblog::scheduler {

class Service : public rpc::Service, public rpc::BackgroundWork {
 public:
  // Creates the group `default` unless it exists.
  explicit Service(const rpc::ServiceEnvironment& environment);

  void addOperations(rpc::Apis& apis) override;
  void start() override;
  void stop() override;
  rpc::Activity activity() const override;
  rpc::Delays delays() const override;
  rpc::WorkCounts workCounts() const override;

 private:
  Context context_;
  deliveries::Retries retries_;
  Timer timer_;
  rpc::RestApi api_;
  rpc::JsonApi provisioning_api_;
};

}  // namespace ddblog::scheduler
