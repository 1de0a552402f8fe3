// The routes of traces:
//
//   GET /_local/traces/{Log}/{Id}/{Version}   the path of one event (trace_view.h), and "item", as GetItem
//                                             answers it
//   GET /_local/traces?last=N                 {"spans": […]}: the newest attempts of functions, the newest first
//   GET /_local/traces?last=N&function=F      the same of one function, each with "delivery", if it came from a rule
//   GET /_local/traces?failures=N             the newest attempts and deliveries that failed, and what was given up
//   GET /_local/traces?slowest=N              the slowest attempts, the slowest first
//
// N is 1 to 1,000; without any of the three, last=20.
//
// Errors: ResourceNotFoundException (404) if the event is not there and no span knows it,
// ValidationException for a version that is no number from 1 on.
//
// Thread safety: the handlers may run on any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "rpc/api.h"
#include "traces/event_names.h"
#include "traces/trace_ring.h"
#include "traces/trace_view.h"

namespace ddblog::traces {

struct TraceContext {
  const TraceRing& ring;
  std::string log_table;
  RulesOfBus rules;
  // In DynamoDB's JSON. std::nullopt: there is none.
  std::function<std::optional<json::object>(const EventName&)> item;
};

// `context` must outlive the API.
void addTraceRoutes(rpc::RestApi& api, const TraceContext& context);

}  // namespace ddblog::traces
