#include "services/lambda/invocations/bus_destination.h"

#include "services/eventbridge/bus/event.h"
#include "services/eventbridge/bus/publish.h"

namespace ddblog::lambda {

bool BusDestination::accepts(std::string_view arn) const {
  return arn.starts_with("arn:") && arn.find(":events:") != std::string_view::npos &&
         arn.find(":event-bus/") != std::string_view::npos;
}

void BusDestination::deliver(Transaction& transaction, const DestinationMessage& message) {
  eventbridge::NewEvent event;
  event.id = context_.ids.uuid();
  event.source = "lambda";
  event.detail_type =
      message.success ? "Lambda Function Invocation Result - Success" : "Lambda Function Invocation Result - Failure";
  event.detail = message.body;
  event.resources = {message.destination_arn, message.function_arn};
  event.time = context_.clock.now();
  eventbridge::publish(transaction, context_, context_.arns.busName(message.destination_arn),
                       eventbridge::makeEvent(event, context_.region, context_.account_id));
}

}  // namespace ddblog::lambda
