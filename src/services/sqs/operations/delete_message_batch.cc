// DeleteMessageBatch: deletes up to ten received messages. Each one succeeds or fails by itself.
#include <string>
#include <utility>
#include <vector>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {
namespace {

class DeleteMessageBatch {
 public:
  DeleteMessageBatch(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    for (rpc::ObjectReader& entry : readEntries(request.fields(), "DeleteMessageBatchRequestEntry")) {
      entries_.emplace_back(entry.string("Id").value_or(""), entry.string("ReceiptHandle").value_or(""));
    }
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    const Queue queue = context_.catalog.get(transaction, name_);
    BatchAnswer answer;
    for (const auto& [id, handle] : entries_) {
      answer.add(id, [&, &of_entry = handle](JsonWriter&) {
        if (of_entry.empty()) throw missingParameter("ReceiptHandle");
        if (context_.messages.entryFails("DeleteMessageBatch", transaction, queue, of_entry)) throw entryFailed();
        context_.messages.remove(transaction, queue, of_entry);
      });
    }
    return answer.text();
  }

 private:
  Context& context_;
  std::string name_;
  std::vector<std::pair<std::string, std::string>> entries_;  // ids and receipt handles
};

}  // namespace

void addDeleteMessageBatch(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<DeleteMessageBatch>(api, "DeleteMessageBatch", context);
}

}  // namespace ddblog::sqs
