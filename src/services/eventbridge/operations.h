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

// Adds /_local/replay, /_local/replays and /_local/events (operations/replay_events.cc, local_replays.cc,
// put_events.cc).
void addLocalRoutes(rpc::RestApi& api, ArchiveContext& context);

}  // namespace ddblog::eventbridge
