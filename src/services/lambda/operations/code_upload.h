// Adds an operation whose request has an archive of code. To check the archive takes long (it is
// unpacked, at most to limits::kUnzippedBytes), so the thread Context::archives does it.
//
//   class CreateFunction {
//    public:
//     CreateFunction(rpc::RequestReader& request, Context& context);
//     void checkCode();                                   // on that thread; throws ApiError
//     std::string run(Transaction& transaction) const;    // on the writer thread
//   };
//
// As many archives wait as there are requests in flight, which the server bounds.
#pragma once

#include <exception>
#include <memory>
#include <utility>

#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

template <class Operation>
void addCodeUpload(rpc::RestApi& api, const rpc::RestRoute& route, Context& context) {
  const rpc::Handler handler = [&context](const rpc::Request& request, rpc::Callback respond) {
    std::shared_ptr<Operation> operation;
    try {
      rpc::RequestReader reader(request);
      operation = std::make_shared<Operation>(reader, context);
    } catch (...) {
      return respond(std::current_exception());
    }
    context.archives.post([&context, operation, respond = std::move(respond)] {
      try {
        operation->checkCode();
      } catch (...) {
        return respond(std::current_exception());
      }
      rpc::executeWrite<Operation>(context.store, operation, {}, respond);
    });
  };
  api.add(route.method, route.path, route.operation, rpc::withStatus(handler, route.status));
}

}  // namespace ddblog::lambda
