// Operations of REST APIs: the same shape as those of the JSON protocols (operation.h), added by
// route.
//
//   addRead<GetFunction>(api, {"GET", "/2015-03-31/functions/{FunctionName}", "GetFunction"}, context);
//   addWrite<CreateAlias>(api, {"POST", "/2015-03-31/functions/{FunctionName}/aliases", "CreateAlias", 201}, context);
#pragma once

#include <utility>

#include "rpc/operation.h"

namespace ddblog::rpc {

struct RestRoute {
  const char* method;
  const char* path;
  const char* operation;
  int status = 200;  // of the response
};

inline Handler withStatus(Handler handler, int status) {
  if (status == 200) return handler;
  return [handler = std::move(handler), status](Request request, Callback respond) {
    handler(std::move(request), [respond = std::move(respond), status](Outcome outcome) {
      if (outcome.isError()) return respond(std::move(outcome));
      Response response = std::move(outcome).response();
      response.status = status;
      respond(std::move(response));
    });
  };
}

template <class Operation, class Context>
void addRead(RestApi& api, const RestRoute& route, Context& context) {
  api.add(route.method, route.path, route.operation,
          withStatus(readOperation<Operation>(context.store, context), route.status));
}

template <class Operation, class Context>
void addWrite(RestApi& api, const RestRoute& route, Context& context) {
  api.add(route.method, route.path, route.operation,
          withStatus(writeOperation<Operation>(context.store, context), route.status));
}

}  // namespace ddblog::rpc
