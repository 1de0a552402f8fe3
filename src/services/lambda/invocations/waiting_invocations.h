// Asynchronous invocations that wait for another attempt, for people: which, and why.
//
// Thread safety: a stateless function.
#pragma once

#include "base/clock.h"
#include "rpc/background_work.h"
#include "store/store.h"

namespace ddblog::lambda {

// The first ones that wait, each with its function's last error. `next`: when the queue has more to do
// (AsynchronousQueue::activity); RunningTime::max(): none waits.
rpc::Delays delaysOfInvocations(const Reader& reader, RunningTime next);

}  // namespace ddblog::lambda
