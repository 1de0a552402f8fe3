// A bus of this account and region as a recipient of messages, in the sender's transaction. An
// event from another bus's rule arrives unchanged; any other message becomes the detail of a new
// event, which its envelope describes.
//
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-to-bus.html and
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
// Thread safety: as rpc::Recipient.
#pragma once

#include <optional>

#include "rpc/recipients.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class BusRecipient : public rpc::Recipient {
 public:
  // `context` must outlive it.
  explicit BusRecipient(const Context& context) : context_(context) {}

  bool accepts(std::string_view arn) const override { return context_.arns.isBus(arn); }
  std::optional<rpc::DeliveryFailure> deliver(Transaction& transaction, const rpc::Message& message) override;

 private:
  const Context& context_;
};

}  // namespace ddblog::eventbridge
