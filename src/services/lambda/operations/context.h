// What Lambda's operations use. Created once at the start. Thread safety: that of its members.
#pragma once

#include "base/task_thread.h"
#include "rpc/recipients.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/function_host.h"
#include "services/lambda/invocations/asynchronous_queue.h"
#include "services/lambda/mappings/running_mappings.h"
#include "store/store.h"

namespace ddblog::lambda {

struct Context {
  Store& store;
  Clock& clock;
  Ids& ids;
  Functions& functions;
  FunctionHost& host;
  AsynchronousQueue& queue;
  const rpc::Recipients& recipients;
  const MappingDependencies& mapping_dependencies;
  RunningMappings& mappings;
  TaskThread& archives;           // checks uploaded archives (code_upload.h)
  rpc::Traces* traces = nullptr;  // nullptr: nobody wants them
};

}  // namespace ddblog::lambda
