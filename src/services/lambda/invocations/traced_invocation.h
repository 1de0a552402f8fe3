// Invokes a function, and tells who shows traces (rpc/traces.h) of the attempt: what ran it, how long, how
// it ended, and what it printed. What no process ran is no attempt.
//
// Thread safety: as FunctionHost::invoke.
#pragma once

#include <string>

#include "rpc/traces.h"
#include "services/lambda/functions/function.h"
#include "services/lambda/host/function_host.h"
#include "services/lambda/host/invocation.h"

namespace ddblog::lambda {

// `traces`: nullptr: nobody wants them. It must outlive the host's last invocation. `cause`: of an invocation
// that a request of a function asked for at once; empty: the invocation's request id.
void invokeTraced(FunctionHost& host, rpc::Traces* traces, const FunctionPointer& function, Invocation invocation,
                  std::string cause, InvocationDone done);

}  // namespace ddblog::lambda
