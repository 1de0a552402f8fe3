// Calls an operation in-process, as if the request had come over the wire.
#pragma once

#include <future>

#include "rpc/request.h"

namespace ddblog::rpc {

// Starts the operation. Thread safety: as the handler's.
std::future<Outcome> startCall(const Handler& handler, Request request);

// Waits until the operation has responded. Do not call it on the writer thread. Thread safety: as
// the handler's.
Outcome callAndWait(const Handler& handler, Request request);

}  // namespace ddblog::rpc
