// A function as a recipient of messages: each becomes an asynchronous invocation, in the sender's
// transaction.
//
// With that the delivery is done: retries of the function's own errors are the asynchronous
// queue's. Every ARN of a function is accepted, as PutTargets does not look functions up either;
// messages for one that is not there (yet) wait in the queue. Thread safety: as rpc::Recipient.
#pragma once

#include "rpc/recipients.h"
#include "services/lambda/invocations/asynchronous_queue.h"

namespace ddblog::lambda {

class FunctionRecipient : public rpc::Recipient {
 public:
  explicit FunctionRecipient(AsynchronousQueue& queue) : queue_(queue) {}

  bool accepts(std::string_view arn) const override;
  void deliver(Transaction& transaction, const rpc::Message& message) override;

 private:
  AsynchronousQueue& queue_;
};

}  // namespace ddblog::lambda
