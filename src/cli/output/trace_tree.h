// Draws the path of an event (GET /_local/traces/…, src/traces/trace_view.h; in AWS aws_trace/aws_trace.h) as a tree:
//
//   users 42 version 1: signup, appended 2026-11-28T15:00:00.000Z
//   └─ record 100000000000000000001 of the stream of local-dynamodb-logs, with 2 others, for trigger
//      └─ attempt 1: success in 9 ms
//         └─ event 5d0c… on the bus dynamodb-log
//            ├─ rule users, to users
//            │  └─ function users, request 1b9d…
//            │     └─ attempt 1: success in 21 ms
//            │        │ hello
//            │        └─ put in local-core: {"pk":"users#42","sk":"users#42"}
//            │             name: "Ada"
//            └─ rule orders does not match
//                 detail.type is "signup"; the pattern wants ["order"]
//
// Thread safety: a stateless function.
#pragma once

#include <ostream>

#include "base/json.h"

namespace ddblog::cli {

struct TreeStyle {
  int width = 0;  // lines are cut there; 0: never
  bool has_colours = false;
};

void drawTrace(std::ostream& out, const json::object& trace, const TreeStyle& style);

}  // namespace ddblog::cli
