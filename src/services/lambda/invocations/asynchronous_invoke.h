// Invoke inside the transaction of another service, with its parameters as one object: {"FunctionName",
// "InvocationType", "Qualifier", "ClientContext", "Payload"}. The Payload is a text.
//
// It becomes an asynchronous invocation, also if its InvocationType is RequestResponse: nobody waits for
// its answer. A DryRun only checks the request.
//
// Thread safety: as rpc::TransactedOperations.
#pragma once

#include "rpc/transacted_operations.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/invocations/asynchronous_queue.h"

namespace ddblog::lambda {

class AsynchronousInvoke : public rpc::TransactedOperations {
 public:
  AsynchronousInvoke(AsynchronousQueue& queue, const Functions& functions) : queue_(queue), functions_(functions) {}

  bool has(std::string_view operation) const override { return operation == "Invoke"; }
  std::string call(Transaction& transaction, const std::string& operation, std::string request) override;

 private:
  AsynchronousQueue& queue_;
  const Functions& functions_;
};

}  // namespace ddblog::lambda
