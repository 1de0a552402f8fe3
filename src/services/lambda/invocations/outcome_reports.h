// Reports how an asynchronous invocation ended, in the transaction that removes it: to the function's
// destination, to its dead-letter queue, and to the recorder of failures. An invocation that was given
// up is recorded whether or not a destination or a dead-letter queue took it.
//
// Thread safety: on the writer thread.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "rpc/failures.h"
#include "rpc/recipients.h"
#include "rpc/traces.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/invocation.h"
#include "services/lambda/invocations/pending_invocation.h"
#include "store/store.h"

namespace ddblog::lambda {

class OutcomeReports {
 public:
  OutcomeReports(Clock& clock, const Functions& functions, const rpc::Recipients& recipients,
                 rpc::FailureRecorder& failures, LogSink log, rpc::Traces* traces)
      : clock_(clock),
        functions_(functions),
        recipients_(recipients),
        failures_(failures),
        log_(std::move(log)),
        traces_(traces) {}

  void succeeded(Transaction& transaction, const Function& function, const PendingInvocation& pending,
                 const std::string& answer) const;
  // `function`: nullptr if it does not exist. `condition`: "RetriesExhausted", "EventAgeExceeded".
  void givenUp(Transaction& transaction, const FunctionPointer& function, const PendingInvocation& pending,
               std::string_view condition) const;

 private:
  void trace(Transaction& transaction, const PendingInvocation& pending, std::string_view id,
             std::string_view recipient_arn, std::string_view detail, bool has_failed) const;
  // False: the message is lost, and the log says why.
  bool deliver(Transaction& transaction, const rpc::Message& message, const PendingInvocation& pending) const;
  void record(Transaction& transaction, const PendingInvocation& pending, std::string_view condition,
              std::vector<std::string> destinations) const;

  Clock& clock_;
  const Functions& functions_;
  const rpc::Recipients& recipients_;
  rpc::FailureRecorder& failures_;
  const LogSink log_;
  rpc::Traces* const traces_;  // nullptr: nobody wants them
};

}  // namespace ddblog::lambda
