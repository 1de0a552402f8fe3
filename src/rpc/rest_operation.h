// Operations of REST APIs: the same shape as those of the JSON protocols (operation.h), added by
// route.
//
//   addRead<GetFunction>(api, {"GET", "/2015-03-31/functions/{FunctionName}", "GetFunction"}, context);
#pragma once

#include "rpc/operation.h"

namespace ddblog::rpc {

struct RestRoute {
  const char* method;
  const char* path;
  const char* operation;
};

template <class Operation, class Context>
void addRead(RestApi& api, const RestRoute& route, Context& context) {
  api.add(route.method, route.path, route.operation, readOperation<Operation>(context.store, context));
}

template <class Operation, class Context>
void addWrite(RestApi& api, const RestRoute& route, Context& context) {
  api.add(route.method, route.path, route.operation, writeOperation<Operation>(context.store, context));
}

}  // namespace ddblog::rpc
