// A bus of this account and region as a recipient of messages, in the sender's transaction: a
// target of another bus's rule gets the event as it is, any other sender's message becomes the
// detail of an event that its envelope describes.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-to-bus.html and
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
// Thread safety: as rpc::Recipient.
#pragma once

#include "rpc/recipients.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class BusRecipient : public rpc::Recipient {
 public:
  // `context` must outlive it.
  explicit BusRecipient(const Context& context) : context_(context) {}

  bool accepts(std::string_view arn) const override { return context_.arns.isBus(arn); }
  void deliver(Transaction& transaction, const rpc::Message& message) override;

 private:
  const Context& context_;
};

}  // namespace ddblog::eventbridge
