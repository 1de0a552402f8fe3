// The path of one event in AWS, as far as it can be known afterwards: from the log table, the bus's rules and archives,
// the functions' logs, the queues of failures, and the read model. AWS keeps no record of the attempts themselves.
//
// It is a trace like those of the offline cloud (traces/trace_view.h), with the members "event", "item" and "path", and
//
//   "neighbours"  [{"version", "type", "createdAt"}]: the events before and after it in the stream
//   "unknown"     [text]: what cannot be known, and why
//
// Its nodes are of the kinds of those traces, and of these:
//
//   source     table, function, state, lastResult: a mapping of the log table's stream
//   event      bus: as the trigger puts it there
//   match      rule, state: of a rule that matches now; its children are its targets
//   target     target: an ARN; its children are attempts and messages
//   attempt    as there; "result" may be "unknown"
//   lines      log: lines that name the event, and no request
//   archive    archive, state, matches: of the bus's archives now
//   readModel  table, key, version, hasEvent
//
// Errors: those of Transport; std::runtime_error if the table does not have the event. What a service refuses is
// "unknown". Thread safety: a stateless function.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "cli/connection.h"

namespace ddblog::cli {

struct AwsTraceRequest {
  ConnectionFlags connection;
  std::string log, id;
  std::uint64_t version = 0;
  std::string bus;
  Duration window;               // after the append, in which logs are searched
  bool looks_in_queues = false;  // peeked_queue.h
};

json::object traceInAws(const AwsTraceRequest& request);

}  // namespace ddblog::cli
