// An event bus as the destination of invocation records: the record is the detail of an event from source "lambda".
//
//   detail-type  "Lambda Function Invocation Result - Success" or "… - Failure"
//   resources    [the bus's ARN, the function's ARN with :$LATEST]
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
// Thread safety: as Destination.
#pragma once

#include "services/eventbridge/bus/context.h"
#include "services/lambda/invocations/destination.h"

namespace ddblog::lambda {

class BusDestination : public Destination {
 public:
  // `context` must outlive it.
  explicit BusDestination(eventbridge::Context& context) : context_(context) {}

  bool accepts(std::string_view arn) const override;
  void deliver(Transaction& transaction, const DestinationMessage& message) override;

 private:
  eventbridge::Context& context_;
};

}  // namespace ddblog::lambda
