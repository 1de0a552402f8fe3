// Everything that the EventBridge service serves.
#pragma once

#include "rpc/service.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

// "AWSEvents", "application/x-amz-json-1.1", errors by their short names.
rpc::JsonProtocol protocol();

// Adds all operations, and makes the bus `default` in the store if it is not there. `context` must outlive the service.
void addOperations(rpc::JsonService& service, Context& context);

// Adds POST /_local/replay (operations/replay_events.h).
void addLocalRoutes(rpc::RestService& service, Context& context);

}  // namespace ddblog::eventbridge
