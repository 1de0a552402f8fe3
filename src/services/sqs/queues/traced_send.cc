#include "services/sqs/queues/traced_send.h"

#include <utility>

#include "rpc/traces.h"

namespace ddblog::sqs {

SentMessage sendTraced(Transaction& transaction, Context& context, const Queue& queue, Message message,
                       std::optional<std::chrono::seconds> delay) {
  SentMessage sent = context.messages.send(transaction, queue, std::move(message), delay);
  if (context.traces && !transaction.cause().empty()) {
    context.traces->addAfterCommit(transaction, {.kind = rpc::Span::Kind::kMessage,
                                                 .id = sent.id,
                                                 .parent = transaction.cause(),
                                                 .subject = queue.arn,
                                                 .at = context.clock.now()});
  }
  return sent;
}

}  // namespace ddblog::sqs
