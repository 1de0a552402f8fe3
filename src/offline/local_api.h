// Our own endpoints under /_local, which AWS does not have.
//
//   GET  /_local/health  -> {"status": "ok", "run": "…"}
//                        `run` changes at each start, so that a client can detect a restart
//   POST /_local/stop    -> {"process": 1234, "data": "/home/…/.dynamodb-log"}
//                        stops the cloud as Ctrl-C does, after this answer; "data" is "" in memory
//   GET  /_local/stop    -> the same, and stops nothing: what POST would stop
//
// (clock_moves.h adds POST /_local/clock, failures/failure_routes.h /_local/failures, fault_report.h
// GET /_local/faults, src/services/eventbridge/ POST /_local/replay, /_local/replays and POST
// /_local/events, recent_lines.h GET /_local/logs, src/services/lambda/ GET /_local/functions
// and /_local/mappings, src/traces/ GET /_local/traces,
// src/snapshots/ /_local/snapshots and /_local/restores.)
// Thread safety: the handlers may run on any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "rpc/api.h"

namespace ddblog::offline {

// `run_id`: the value of `run` in GetHealth, different at each start.
void addLocalOperations(rpc::RestApi& api, const std::string& run_id);

// `stop` must only notify the thread that owns the cloud. `data`: empty: in memory.
void addStop(rpc::RestApi& api, std::function<void()> stop, const std::filesystem::path& data);

}  // namespace ddblog::offline
