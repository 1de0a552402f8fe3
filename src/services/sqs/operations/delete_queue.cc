// DeleteQueue: deletes a queue with its messages. Its name cannot be used for 60 seconds.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"

namespace ddblog::sqs {
namespace {

class DeleteQueue {
 public:
  DeleteQueue(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    const Queue queue = context_.catalog.get(transaction, name_);
    MoveTasks::forget(transaction, name_);
    context_.catalog.remove(transaction, queue, context_.clock);
    context_.messages.wakeReceives(transaction, name_);
    return {};
  }

 private:
  Context& context_;
  std::string name_;
};

}  // namespace

void addDeleteQueue(rpc::JsonApi& api, Context& context) { rpc::addWrite<DeleteQueue>(api, "DeleteQueue", context); }

}  // namespace ddblog::sqs
