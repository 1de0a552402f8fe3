// Invoke as a universal target of EventBridge Scheduler, arn:aws:scheduler:::aws-sdk:lambda:invoke: the
// message is the request of Invoke, {"FunctionName", "InvocationType", "Qualifier", "ClientContext",
// "Payload"}. The Payload is a text.
//
// It becomes an asynchronous invocation, in the sender's transaction, also if its InvocationType is
// RequestResponse: nobody waits for its answer. A DryRun only checks the request.
//
// Thread safety: as rpc::Recipient.
#pragma once

#include "base/ids.h"
#include "rpc/operation_recipient.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/invocations/asynchronous_queue.h"

namespace ddblog::lambda {

class InvokeTarget : public rpc::Recipient {
 public:
  InvokeTarget(AsynchronousQueue& queue, const Functions& functions) : queue_(queue), functions_(functions) {}

  bool accepts(std::string_view arn) const override;
  std::optional<rpc::DeliveryFailure> deliver(Transaction& transaction, const rpc::Message& message) override;

 private:
  void invoke(Transaction& transaction, const std::string& input) const;

  AsynchronousQueue& queue_;
  const Functions& functions_;
};

}  // namespace ddblog::lambda
