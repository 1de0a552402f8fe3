// The common shape of all operations, and how an operation becomes a handler.
//
//   // PutItem: stores a whole item if its condition holds for the item that it replaces.
//   class PutItem {
//    public:
//     PutItem(RequestReader& request, Context& context);  // rejects what can be rejected without state
//     std::string run(Transaction& transaction) const;    // rejects the rest; writes; returns the response's JSON
//   };
//
// A read has run(const Reader&) and runs on the caller's thread against a snapshot. A write runs as
// a command of the store's writer and responds once it is durable. An operation that can be either
// has both, and its writes() says which one applies. `Context` is the service's own: catalog,
// clock, ids.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "rpc/api.h"
#include "rpc/request.h"
#include "rpc/request_reader.h"
#include "rpc/synchronous.h"
#include "store/store.h"

namespace ddblog::rpc {

template <class Operation, class Context>
Handler readOperation(Store& store, Context& context) {
  return synchronous([&store, &context](const Request& request) {
    RequestReader reader(request);
    const Operation operation(reader, context);
    return operation.run(*store.snapshot());
  });
}

// Queues a constructed operation for the writer. `cause`: the request's.
template <class Operation>
void executeWrite(Store& store, std::shared_ptr<const Operation> operation, std::string cause, Callback respond) {
  auto body = std::make_shared<std::string>();
  store.write(
      [operation, body, cause = std::move(cause)](Transaction& transaction) {
        if (!cause.empty()) transaction.setCause(cause);
        *body = operation->run(transaction);
      },
      [body, respond = std::move(respond)](std::exception_ptr error) {
        respond(error ? Outcome(error) : Outcome::ofBody(std::move(*body)));
      });
}

template <class Operation, class Context>
Handler writeOperation(Store& store, Context& context) {
  return [&store, &context](Request request, Callback respond) {
    std::shared_ptr<const Operation> operation;
    try {
      RequestReader reader(request);
      operation = std::make_shared<const Operation>(reader, context);
    } catch (...) {
      respond(std::current_exception());
      return;
    }
    executeWrite(store, std::move(operation), std::move(request.cause), std::move(respond));
  };
}

// See JsonApi::Transacted.
template <class Operation, class Context>
JsonApi::Transacted transactedOperation(Context& context) {
  return [&context](Transaction& transaction, const Request& request) {
    RequestReader reader(request);
    return Operation(reader, context).run(transaction);
  };
}

template <class Operation, class Context>
Handler readOrWriteOperation(Store& store, Context& context) {
  return [&store, &context](Request request, Callback respond) {
    std::shared_ptr<const Operation> write;
    Outcome outcome = outcomeOf([&] {
      RequestReader reader(request);
      auto operation = std::make_shared<const Operation>(reader, context);
      if (!operation->writes()) return operation->run(*store.snapshot());
      write = std::move(operation);
      return std::string();
    });
    if (write) {
      executeWrite(store, std::move(write), std::move(request.cause), std::move(respond));
    } else {
      respond(std::move(outcome));
    }
  };
}

// Adds an operation to a service's API: addRead<GetItem>(api, "GetItem", context).
template <class Operation, class Context>
void addRead(JsonApi& api, const char* name, Context& context) {
  api.add(name, readOperation<Operation>(context.store, context));
}

template <class Operation, class Context>
void addWrite(JsonApi& api, const char* name, Context& context) {
  api.add(name, writeOperation<Operation>(context.store, context), transactedOperation<Operation>(context));
}

template <class Operation, class Context>
void addReadOrWrite(JsonApi& api, const char* name, Context& context) {
  api.add(name, readOrWriteOperation<Operation>(context.store, context));
}

}  // namespace ddblog::rpc
