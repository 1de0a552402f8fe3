// EventBridge's operations.
#pragma once

#include "rpc/api.h"
#include "services/eventbridge/archive/context.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

rpc::JsonProtocol protocol();

// Adds all operations, and creates the bus `default` in the store unless it exists. `context` must
// outlive the API.
void addOperations(rpc::JsonApi& api, Context& context);

// Adds the operations on archives and replays.
void addArchiveOperations(rpc::JsonApi& api, ArchiveContext& context);

// Adds POST /_local/replay and /_local/events (operations/replay_events.cc, put_events.cc).
void addLocalRoutes(rpc::RestApi& api, Context& context);

}  // namespace ddblog::eventbridge
