// A function as the destination of another one's records: the record becomes an asynchronous invocation.
// Thread safety: as Destination.
#pragma once

#include "services/lambda/functions/functions.h"
#include "services/lambda/invocations/asynchronous_queue.h"
#include "services/lambda/invocations/destination.h"

namespace ddblog::lambda {

class FunctionDestination : public Destination {
 public:
  FunctionDestination(const Functions& functions, AsynchronousQueue& queue) : functions_(functions), queue_(queue) {}

  bool accepts(std::string_view arn) const override { return arn.starts_with("arn:") && functions_.find(arn); }
  void deliver(Transaction& transaction, const DestinationMessage& message) override {
    const FunctionPointer function = functions_.find(message.destination_arn);
    queue_.enqueue(transaction, function->name, message.body);
  }

 private:
  const Functions& functions_;
  AsynchronousQueue& queue_;
};

}  // namespace ddblog::lambda
