// SendMessage: sends a message to a queue.
//
// Errors: no body, or one with characters that XML does not have; attributes that are malformed; a
// delay that is out of range; a queue that does not exist; a message that is too large; what a FIFO
// queue needs, and what a standard queue does not take.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/message_checks.h"
#include "services/sqs/queues/traced_send.h"

namespace ddblog::sqs {
namespace {

class SendMessage {
 public:
  SendMessage(rpc::RequestReader& request, Context& context) : context_(context) {
    name_ = readQueueName(request.fields());
    sent_ = readMessage(request.fields(), context.account_id);
    request.finish();
    checkMessage(sent_.message);
  }

  std::string run(Transaction& transaction) const {
    const Queue queue = context_.catalog.get(transaction, name_);
    checkForQueue(queue, sent_.message, sent_.delay);
    const SentMessage as = sendTraced(transaction, context_, queue, sent_.message, sent_.delay);
    std::string out;
    JsonWriter json(out);
    json.beginObject();
    writeSent(json, queue, sent_, as);
    json.endObject();
    return out;
  }

 private:
  Context& context_;
  std::string name_;
  MessageToSend sent_;
};

}  // namespace

void addSendMessage(rpc::JsonApi& api, Context& context) { rpc::addWrite<SendMessage>(api, "SendMessage", context); }

}  // namespace ddblog::sqs
