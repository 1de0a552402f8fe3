// Our own endpoints beside AWS's, all under /_local: what offline needs and a cloud has not.
//
//   POST /_local/clock   {"move": milliseconds}   moves the cloud's clock (back with a negative number): retry delays,
//                                                 retention, expiry without waiting. {} only asks.
//                        -> {"now": "2026-11-22T09:00:00.000Z"}
//   GET  /_local/health  -> {"status": "ok", "run": "…"}
//                        `run` is another one after each start, so a client sees that the cloud was started anew
//
// (src/services/eventbridge/ adds POST /_local/replay, src/snapshots/ /_local/snapshots and
// /_local/restores.) Thread safety: the handlers may run on any thread.
#pragma once

#include <string>

#include "base/clock.h"
#include "rpc/api.h"

namespace ddblog::offline {

// `clock` must outlive the service. `run_id`: what GetHealth answers as `run`, another one for each
// start.
void addLocalOperations(rpc::RestApi& api, AdjustableClock& clock, const std::string& run_id);

}  // namespace ddblog::offline
