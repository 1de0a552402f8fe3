// What the operations of Lambda work with. Made once at the start; thread-safe as far as its parts are.
#pragma once

#include <memory>
#include <vector>

#include "lambda/asynchronous_queue.h"
#include "lambda/event_source_mapping.h"
#include "lambda/function_host.h"
#include "lambda/functions.h"
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
