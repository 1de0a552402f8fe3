// The operations of EventBridge Scheduler. Each is a file in operations/.
#pragma once

#include "rpc/api.h"
#include "services/scheduler/schedules/context.h"

namespace ddblog::scheduler {

rpc::RestProtocol protocol();
rpc::JsonProtocol provisioningProtocol();

// Adds AWS's operations. `context` must outlive the API.
void addOperations(rpc::RestApi& api, Context& context);
// Adds PutSchedule, PutScheduleGroup and their opposites, for templates; not served over the wire.
void addProvisioningOperations(rpc::JsonApi& api, Context& context);

}  // namespace ddblog::scheduler
