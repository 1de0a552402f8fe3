// What the routes of traces (traces/trace_routes.h) ask the services: an event's item, and the rules of a bus.
//
// Thread safety: the functions may be called from any thread but the writer's, as long as the APIs live.
#pragma once

#include <string>

#include "rpc/api.h"
#include "traces/trace_routes.h"

namespace ddblog::offline {

traces::TraceContext traceContext(const traces::TraceRing& ring, std::string log_table, const rpc::Apis& apis);

}  // namespace ddblog::offline
