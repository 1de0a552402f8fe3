// SendMessageBatch: sends up to ten messages. Each one succeeds or fails by itself.
//
// Errors: those of the batch as a whole, also if its messages have more than 1,048,576 bytes in all.
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"
#include "services/sqs/queues/message_checks.h"
#include "services/sqs/queues/traced_send.h"

namespace ddblog::sqs {
namespace {

class SendMessageBatch {
 public:
  SendMessageBatch(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  struct Entry {
    std::string id;
    MessageToSend sent;
    std::optional<ApiError> error;
  };

  Context& context_;
  std::string name_;
  std::vector<Entry> entries_;
};

SendMessageBatch::SendMessageBatch(rpc::RequestReader& request, Context& context) : context_(context) {
  name_ = readQueueName(request.fields());
  std::int64_t size = 0;
  for (rpc::ObjectReader& fields : readEntries(request.fields(), "SendMessageBatchRequestEntry")) {
    Entry entry{fields.string("Id").value_or(""), {}, {}};
    try {
      entry.sent = readMessage(fields, context.account_id);
      checkMessage(entry.sent.message);
    } catch (const ApiError& error) {
      if (error.type() == "SerializationException") throw;
      entry.error = error;
    }
    size += static_cast<std::int64_t>(sizeOf(entry.sent.message));
    entries_.push_back(std::move(entry));
  }
  request.finish();
  if (size > limits::kMessageBytes) {
    throw ApiError("BatchRequestTooLong", "Batch requests cannot be longer than " +
                                              std::to_string(limits::kMessageBytes) + " bytes. You have sent " +
                                              std::to_string(size) + " bytes.");
  }
}

std::string SendMessageBatch::run(Transaction& transaction) const {
  const Queue queue = context_.catalog.get(transaction, name_);
  BatchAnswer answer;
  for (const Entry& entry : entries_) {
    answer.add(entry.id, [&](JsonWriter& json) {
      if (entry.error) throw *entry.error;
      checkForQueue(queue, entry.sent.message, entry.sent.delay);
      if (context_.messages.entryFails("SendMessageBatch", queue, entry.sent.message)) throw entryFailed();
      writeSent(json, queue, entry.sent,
                sendTraced(transaction, context_, queue, entry.sent.message, entry.sent.delay));
    });
  }
  return answer.text();
}

}  // namespace

void addSendMessageBatch(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<SendMessageBatch>(api, "SendMessageBatch", context);
}

}  // namespace ddblog::sqs
