// Our own endpoints under /_local, which AWS does not have.
//
//   POST /_local/clock   {"move": milliseconds}   moves the cloud's clock (a negative number moves it back), to test
//                                                 retry delays, retention and expiry without waiting. {} only reads it.
//                        -> {"now": "2026-11-22T09:00:00.000Z"}
//   GET  /_local/health  -> {"status": "ok", "run": "…"}
//                        `run` changes at each start, so that a client can detect a restart
//
// (src/services/eventbridge/ adds POST /_local/replay; src/snapshots/ adds /_local/snapshots and
// /_local/restores.)
// Thread safety: the handlers may run on any thread.
#pragma once

#include <string>

#include "base/clock.h"
#include "rpc/api.h"

namespace ddblog::offline {

// `clock` must outlive the service. `run_id`: the value of `run` in GetHealth, different at each
// start.
void addLocalOperations(rpc::RestApi& api, AdjustableClock& clock, const std::string& run_id);

}  // namespace ddblog::offline
