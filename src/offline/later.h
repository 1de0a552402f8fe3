// What the operations of /_local share that answer later: settles.h, resets.h, clock_moves.h.
//
// Thread safety: pure functions.
#pragma once

#include <exception>
#include <functional>
#include <utility>

#include "base/api_error.h"
#include "rpc/api.h"

namespace ddblog::offline {

// The handler of such an operation. What `receive` throws is the answer; if it returns, it has taken `respond`
// over. A body that is empty stands for {}.
inline rpc::Handler answeringLater(std::function<void(const rpc::Request& request, rpc::Callback respond)> receive) {
  return [receive = std::move(receive)](rpc::Request request, rpc::Callback respond) {
    if (request.body.empty()) request.body = "{}";
    try {
      receive(request, respond);
    } catch (...) {
      respond(std::current_exception());
    }
  };
}

// The answer to those who still wait when the cloud stops, or when its state is replaced.
inline ApiError cloudIsStopping() { return {"CloudIsStopping", "The offline cloud is stopping", 503}; }

}  // namespace ddblog::offline
