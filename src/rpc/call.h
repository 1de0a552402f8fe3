// Calling an operation from inside, as if the call had come over the wire.
#pragma once

#include "rpc/request.h"

namespace ddblog::rpc {

// Waits until the operation has ended. Not on the writer's thread. Thread safety: as the handler's.
Outcome callAndWait(const Handler& handler, Request request);

}  // namespace ddblog::rpc
