#include "services/sqs/queues/traced_send.h"

#include <utility>

#include "rpc/traces.h"

namespace ddblog::sqs {

SentMessage sendTraced(Transaction& transaction, Context& context, const Queue& queue, Message message,
                       std::optional<std::chrono::seconds> delay) {
  SentMessage sent = context.messages.send(transaction, queue, std::move(message), delay);
  if (context.traces && !transaction.cause().empty()) {
    rpc::Span span;
    span.kind = rpc::Span::Kind::kMessage;
    span.id = sent.id;
    span.parent = transaction.cause();
    span.subject = queue.arn;
    span.at = context.clock.now();
    context.traces->addAfterCommit(transaction, std::move(span));
  }
  return sent;
}

}  // namespace ddblog::sqs
