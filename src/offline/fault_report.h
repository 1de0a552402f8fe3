// What faults were injected so far:
//
//   GET /_local/faults  -> {"settings": "seed=7,duplicate=0.1", "seed": 7,
//                           "faults": {"duplicate": {"rate": 0.1, "asked": 120, "injected": 13}, …}}
//
// "asked": how often the fault could have happened. The route is only there with --faults.
// Thread safety: the handlers may run on any thread.
#pragma once

#include <string>

#include "base/faults.h"
#include "rpc/api.h"

namespace ddblog::offline {

// `faults` must outlive the API.
void addFaultRoutes(rpc::RestApi& api, const Faults& faults);

// "13 duplicate, 2 slow"; "none".
std::string injectedFaults(const Faults& faults);

}  // namespace ddblog::offline
