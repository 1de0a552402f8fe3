// ChangeMessageVisibilityBatch: ChangeMessageVisibility for up to ten messages. Each one succeeds or
// fails by itself.
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {
namespace {

class ChangeMessageVisibilityBatch {
 public:
  ChangeMessageVisibilityBatch(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  struct Entry {
    std::string id;
    std::string handle;
    std::chrono::seconds visibility{0};
    std::optional<ApiError> error;
  };

  Context& context_;
  std::string name_;
  std::vector<Entry> entries_;
};

ChangeMessageVisibilityBatch::ChangeMessageVisibilityBatch(rpc::RequestReader& request, Context& context)
    : context_(context) {
  name_ = readQueueName(request.fields());
  for (rpc::ObjectReader& fields : readEntries(request.fields(), "ChangeMessageVisibilityBatchRequestEntry")) {
    Entry entry;
    entry.id = fields.string("Id").value_or("");
    try {
      entry.handle = requiredText(fields, "ReceiptHandle");
      const auto visibility = readSeconds(fields, "VisibilityTimeout", limits::kVisibilitySeconds);
      if (!visibility) throw missingParameter("VisibilityTimeout");
      entry.visibility = *visibility;
    } catch (const ApiError& error) {
      if (error.type() == "SerializationException") throw;
      entry.error = error;
    }
    entries_.push_back(std::move(entry));
  }
  request.finish();
}

std::string ChangeMessageVisibilityBatch::run(Transaction& transaction) const {
  const Queue queue = context_.catalog.get(transaction, name_);
  BatchAnswer answer;
  for (const Entry& entry : entries_) {
    answer.add(entry.id, [&](JsonWriter&) {
      if (entry.error) throw *entry.error;
      if (context_.messages.entryFails("ChangeMessageVisibilityBatch", transaction, queue, entry.handle)) {
        throw entryFailed();
      }
      context_.messages.changeVisibility(transaction, queue, entry.handle, entry.visibility);
    });
  }
  return answer.text();
}

}  // namespace

void addChangeMessageVisibilityBatch(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<ChangeMessageVisibilityBatch>(api, "ChangeMessageVisibilityBatch", context);
}

}  // namespace ddblog::sqs
