// Write operations whose commands are prepared on another thread if they would hold up the writer.
//
//   class UpdateItem {
//    public:
//     …                                    // as every write; run() may throw StalePreparation
//     void prepare(const Reader& reader);  // sets what run() uses
//     void forgetPreparation();            // run() computes everything itself, and does not throw that
//   };
//
// An operation is prepared when its command finds that it would hold up the writer. So writes of
// small items cost what they would cost without this.
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
  // `cause`: the request's.
  PreparedExecution(Context& context, std::shared_ptr<Operation> operation, std::string cause, rpc::Callback respond)
      : context_(context), operation_(std::move(operation)), cause_(std::move(cause)), respond_(std::move(respond)) {}

  void write() {
    context_.store.write(
        [self = this->shared_from_this()](Transaction& transaction) {
          if (!self->cause_.empty()) transaction.setCause(self->cause_);
          try {
            self->body_ = self->operation_->run(transaction);
          } catch (const StalePreparation&) {
            self->is_stale_ = true;
            throw;
          }
        },
        [self = this->shared_from_this()](std::exception_ptr error) { self->finish(error); });
  }

 private:
  void prepareAndWrite() {
    auto task = [self = this->shared_from_this()] {
      self->context_.preparations.takePlace();
      try {
        self->prepare();
      } catch (...) {
        self->context_.preparations.giveBackPlace();
        self->respond_(std::current_exception());
        return;
      }
      self->write();
    };
    // One that has an outcome already, which is of no use, does not keep it for long.
    attempts_ > 0 ? context_.preparations.postNext(std::move(task)) : context_.preparations.post(std::move(task));
  }

  void prepare() {
    ++attempts_;
    if (attempts_ > kMostPreparations) {
      operation_->forgetPreparation();
    } else {
      operation_->prepare(*context_.store.snapshot());
    }
  }

  void finish(const std::exception_ptr& error) {
    if (attempts_ > 0) context_.preparations.giveBackPlace();
    if (std::exchange(is_stale_, false)) return prepareAndWrite();
    respond_(error ? rpc::Outcome(error) : rpc::Outcome::ofBody(std::move(body_)));
    discardPrepared();
  }

  // Freeing large items takes long too. It comes before the next preparation, which takes as much.
  void discardPrepared() {
    if (attempts_ > 0) context_.preparations.postNext([operation = std::move(operation_)] {});
  }

  Context& context_;
  std::shared_ptr<Operation> operation_;
  const std::string cause_;
  const rpc::Callback respond_;
  std::string body_;       // of the answer
  bool is_stale_ = false;  // set by the command
  int attempts_ = 0;
};

template <class Operation>
void executePrepared(Context& context, std::shared_ptr<Operation> operation, std::string cause, rpc::Callback respond) {
  std::make_shared<PreparedExecution<Operation>>(context, std::move(operation), std::move(cause), std::move(respond))
      ->write();
}

// The writer does all of the work: another service's transaction cannot wait for a preparation.
template <class Operation>
rpc::JsonApi::Transacted transactedPrepared(Context& context) {
  return [&context](Transaction& transaction, const rpc::Request& request) {
    rpc::RequestReader reader(request);
    Operation operation(reader, context);
    operation.forgetPreparation();
    return operation.run(transaction);
  };
}

template <class Operation>
void addPreparedWrite(rpc::JsonApi& api, const char* name, Context& context) {
  const auto write = [&context](const rpc::Request& request, rpc::Callback respond) {
    std::shared_ptr<Operation> operation;
    try {
      rpc::RequestReader reader(request);
      operation = std::make_shared<Operation>(reader, context);
    } catch (...) {
      respond(std::current_exception());
      return;
    }
    executePrepared(context, std::move(operation), request.cause, std::move(respond));
  };
  api.add(name, write, transactedPrepared<Operation>(context));
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
      executePrepared(context, std::move(write), request.cause, std::move(respond));
    } else {
      respond(std::move(outcome));
    }
  });
}

}  // namespace ddblog::dynamodb
