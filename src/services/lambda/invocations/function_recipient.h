// A function as a recipient of messages: each message becomes an asynchronous invocation, in the
// sender's transaction.
//
// Delivery ends there: the asynchronous queue handles retries of the function's own errors. It
// accepts every function ARN, because PutTargets does not check that functions exist either; but a
// message for a function that does not exist is not delivered (NO_RESOURCE), as in AWS. Of a message's
// attributes it takes those below, which a failure that is delivered once more may have. Thread
// safety: as rpc::Recipient.
#pragma once

#include "rpc/recipients.h"
#include "services/lambda/invocations/asynchronous_queue.h"

namespace ddblog::lambda {

// The client context of the invocation.
inline constexpr const char* kClientContext = "ClientContext";
// With the value kReportBatchItemFailures: the body is a batch, and an answer that reports failed
// records is a failure.
inline constexpr const char* kFunctionResponseTypes = "FunctionResponseTypes";
inline constexpr const char* kReportBatchItemFailures = "ReportBatchItemFailures";

class FunctionRecipient : public rpc::Recipient {
 public:
  FunctionRecipient(AsynchronousQueue& queue, const Functions& functions) : queue_(queue), functions_(functions) {}

  bool accepts(std::string_view arn) const override;
  std::optional<rpc::DeliveryFailure> deliver(Transaction& transaction, const rpc::Message& message) override;
  std::size_t pending(const Reader& reader, std::size_t limit) const override { return queue_.pending(reader, limit); }
  CommitNotifier* handled() override { return &queue_.handled(); }
  std::uint64_t handledCount() const override { return queue_.handledCount(); }

 private:
  AsynchronousQueue& queue_;
  const Functions& functions_;
};

}  // namespace ddblog::lambda
