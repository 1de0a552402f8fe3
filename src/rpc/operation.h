// The shape that all operations share, and how one becomes a handler.
//
//   // PutItem: stores an item whole, if its condition holds for the item it replaces.
//   class PutItem {
//    public:
//     PutItem(RequestReader& request, Context& context);  // refuses what can be refused without state
//     std::string run(Transaction& transaction) const;    // refuses the rest; writes; the answer's JSON
//   };
//
// A read has run(const Reader&) and is carried out on the caller's thread against a snapshot; a write is a command of
// the store's one writer and answers when it is permanent. An operation that can be either says which by writes() and
// has both. `Context` is the service's own: catalog, clock, ids.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "rpc/answering.h"
#include "rpc/request.h"
#include "rpc/request_reader.h"
#include "rpc/service.h"
#include "store/store.h"

namespace ddblog::rpc {

template <class Operation, class Context>
Handler readOperation(Store& store, Context& context) {
  return answering([&store, &context](const Request& request) {
    RequestReader reader(request);
    const Operation operation(reader, context);
    return operation.run(*store.snapshot());
  });
}

// Hands a constructed operation to the writer.
template <class Operation>
void carryOutWrite(Store& store, std::shared_ptr<const Operation> operation, Respond respond) {
  auto body = std::make_shared<std::string>();
  store.write([operation, body](Transaction& transaction) { *body = operation->run(transaction); },
              [body, respond = std::move(respond)](std::exception_ptr refused) {
                Outcome outcome;
                outcome.refused = refused;
                if (!refused) outcome.answer.body = std::move(*body);
                respond(std::move(outcome));
              });
}

template <class Operation, class Context>
Handler writeOperation(Store& store, Context& context) {
  return [&store, &context](Request request, Respond respond) {
    std::shared_ptr<const Operation> operation;
    try {
      RequestReader reader(request);
      operation = std::make_shared<const Operation>(reader, context);
    } catch (...) {
      respond(Outcome{{}, std::current_exception()});
      return;
    }
    carryOutWrite(store, std::move(operation), std::move(respond));
  };
}

template <class Operation, class Context>
Handler readOrWriteOperation(Store& store, Context& context) {
  return [&store, &context](Request request, Respond respond) {
    Outcome outcome;
    std::shared_ptr<const Operation> writing;
    try {
      RequestReader reader(request);
      auto operation = std::make_shared<const Operation>(reader, context);
      if (operation->writes()) {
        writing = std::move(operation);
      } else {
        outcome.answer.body = operation->run(*store.snapshot());
      }
    } catch (...) {
      outcome.refused = std::current_exception();
    }
    if (writing) {
      carryOutWrite(store, std::move(writing), std::move(respond));
    } else {
      respond(std::move(outcome));
    }
  };
}

// Adds an operation to a service's table: addRead<GetItem>(service, "GetItem", context).
template <class Operation, class Context>
void addRead(JsonService& service, const char* name, Context& context) {
  service.add(name, readOperation<Operation>(context.store, context));
}

template <class Operation, class Context>
void addWrite(JsonService& service, const char* name, Context& context) {
  service.add(name, writeOperation<Operation>(context.store, context));
}

template <class Operation, class Context>
void addReadOrWrite(JsonService& service, const char* name, Context& context) {
  service.add(name, readOrWriteOperation<Operation>(context.store, context));
}

}  // namespace ddblog::rpc
