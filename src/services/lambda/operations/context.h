// What the operations of Lambda work with. Made once at the start; thread-safe as far as its parts are.
#pragma once

#include <memory>
#include <vector>

#include "services/lambda/functions/functions.h"
#include "services/lambda/host/function_host.h"
#include "services/lambda/invocations/asynchronous_queue.h"
#include "services/lambda/sources/event_source_mapping.h"
#include "store/store.h"

namespace ddblog::lambda {

struct Context {
  Store& store;
  Ids& ids;
  Functions& functions;
  FunctionHost& host;
  AsynchronousQueue& queue;
  const std::vector<std::unique_ptr<EventSourceMapping>>& mappings;
};

}  // namespace ddblog::lambda
