// A queue of this account and region as a recipient of messages, in the sender's transaction.
//
// The queue's policy decides. EventBridge may send only what the policy allows
// events.amazonaws.com. Lambda sends its destinations' records and dead letters with the function's
// role, so for them it is enough that the policy does not deny it.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions
// Thread safety: as rpc::Recipient.
#pragma once

#include "rpc/recipients.h"
#include "services/sqs/queues/context.h"

namespace ddblog::sqs {

class QueueRecipient : public rpc::Recipient {
 public:
  // `context` must outlive it.
  explicit QueueRecipient(Context& context) : context_(context) {}

  bool accepts(std::string_view arn) const override { return !context_.catalog.nameInArn(arn).empty(); }
  std::optional<rpc::DeliveryFailure> deliver(Transaction& transaction, const rpc::Message& message) override;

 private:
  bool isAllowed(const Queue& queue, const rpc::Message& message) const;

  Context& context_;
};

}  // namespace ddblog::sqs
