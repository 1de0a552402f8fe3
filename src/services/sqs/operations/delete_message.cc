// DeleteMessage: deletes a received message. An older receipt handle of a standard queue's message
// deletes nothing, and is no error.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"

namespace ddblog::sqs {
namespace {

class DeleteMessage {
 public:
  DeleteMessage(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    handle_ = requiredText(request.fields(), "ReceiptHandle");
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    context_.messages.remove(transaction, context_.catalog.get(transaction, name_), handle_);
    return {};
  }

 private:
  Context& context_;
  std::string name_;
  std::string handle_;
};

}  // namespace

void addDeleteMessage(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<DeleteMessage>(api, "DeleteMessage", context);
}

}  // namespace ddblog::sqs
