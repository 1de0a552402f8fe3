// Write operations whose commands are prepared on another thread if they would hold up the writer.
//
//   class UpdateItem {
//    public:
//     …                                                        // as every write (rpc/operation.h)
//     bool isWorthPreparing() const;
//     void prepare(const Reader& reader);                      // sets what run() uses
//     void forgetPreparation();                                // run() computes everything itself
//   };
//
// If an item changes between its preparation and its command, the operation is prepared again, but
// not for ever: the last attempt holds up the writer.
//
// Thread safety: as rpc/operation.h; prepare runs on the thread of Context::preparations.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "rpc/operation.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_writes.h"

namespace ddblog::dynamodb {

inline constexpr int kMostPreparations = 5;  // ours: of one operation; then the writer does all of its work

template <class Operation>
class PreparedExecution : public std::enable_shared_from_this<PreparedExecution<Operation>> {
 public:
  PreparedExecution(Context& context, std::shared_ptr<Operation> operation, rpc::Callback respond)
      : context_(context), operation_(std::move(operation)), respond_(std::move(respond)) {}

  void prepareAndWrite() {
    context_.preparations.post([self = this->shared_from_this()] {
      try {
        self->prepare();
      } catch (...) {
        self->respond_(std::current_exception());
        return;
      }
      self->write();
    });
  }

  void write() {
    auto body = std::make_shared<std::string>();
    context_.store.write(
        [self = this->shared_from_this(), body](Transaction& transaction) {
          *body = self->operation_->run(transaction);
        },
        [self = this->shared_from_this(), body](std::exception_ptr error) { self->finish(error, std::move(*body)); });
  }

 private:
  void prepare() {
    ++attempts_;
    if (attempts_ > kMostPreparations) {
      operation_->forgetPreparation();
    } else {
      operation_->prepare(*context_.store.snapshot());
    }
  }

  void finish(const std::exception_ptr& error, std::string body) {
    if (attempts_ > 0 && isStale(error)) return prepareAndWrite();
    respond_(error ? rpc::Outcome(error) : rpc::Outcome::ofBody(std::move(body)));
    discardPrepared();
  }

  // Throws again what the command threw, which costs as much as a failed condition itself: only for
  // operations that were prepared.
  static bool isStale(const std::exception_ptr& error) {
    if (!error) return false;
    try {
      std::rethrow_exception(error);
    } catch (const StalePreparation&) {
      return true;
    } catch (...) {
      return false;
    }
  }

  // Freeing decoded items takes long too.
  void discardPrepared() {
    if (attempts_ > 0) context_.preparations.post([operation = std::move(operation_)] {});
  }

  Context& context_;
  std::shared_ptr<Operation> operation_;
  const rpc::Callback respond_;
  int attempts_ = 0;
};

template <class Operation>
void executePrepared(Context& context, std::shared_ptr<Operation> operation, rpc::Callback respond) {
  const bool is_prepared = operation->isWorthPreparing();
  const auto execution =
      std::make_shared<PreparedExecution<Operation>>(context, std::move(operation), std::move(respond));
  is_prepared ? execution->prepareAndWrite() : execution->write();
}

template <class Operation>
void addPreparedWrite(rpc::JsonApi& api, const char* name, Context& context) {
  api.add(name, [&context](const rpc::Request& request, rpc::Callback respond) {
    std::shared_ptr<Operation> operation;
    try {
      rpc::RequestReader reader(request);
      operation = std::make_shared<Operation>(reader, context);
    } catch (...) {
      respond(std::current_exception());
      return;
    }
    executePrepared(context, std::move(operation), std::move(respond));
  });
}

template <class Operation>
void addReadOrPreparedWrite(rpc::JsonApi& api, const char* name, Context& context) {
  api.add(name, [&context](const rpc::Request& request, rpc::Callback respond) {
    std::shared_ptr<Operation> write;
    rpc::Outcome outcome = rpc::outcomeOf([&] {
      rpc::RequestReader reader(request);
      auto operation = std::make_shared<Operation>(reader, context);
      if (!operation->writes()) return operation->run(*context.store.snapshot());
      write = std::move(operation);
      return std::string();
    });
    if (write) {
      executePrepared(context, std::move(write), std::move(respond));
    } else {
      respond(std::move(outcome));
    }
  });
}

}  // namespace ddblog::dynamodb
