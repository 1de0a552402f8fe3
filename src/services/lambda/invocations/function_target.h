// A function as a target of EventBridge rules: the event becomes an asynchronous invocation, in the transaction of
// PutEvents.
//
// With that the delivery is done: retries of the function's own errors are the asynchronous queue's. Functions are
// known by their ARN as a whole; of one that is not there (yet) every ARN of the lambda service is accepted, as
// PutTargets does not look functions up either, and its events wait in the queue. Thread safety: as TargetDelivery.
#pragma once

#include "services/eventbridge/bus/target_delivery.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/invocations/asynchronous_queue.h"

namespace ddblog::lambda {

class FunctionTarget : public eventbridge::TargetDelivery {
 public:
  FunctionTarget(const Functions& functions, AsynchronousQueue& queue) : functions_(functions), queue_(queue) {}

  bool accepts(std::string_view target_arn) const override;
  void deliver(Transaction& transaction, const eventbridge::Delivery& delivery) override;

 private:
  const Functions& functions_;
  AsynchronousQueue& queue_;
};

}  // namespace ddblog::lambda
