#include "services/eventbridge/bus/bus_recipient.h"

#include <optional>
#include <stdexcept>

#include "services/eventbridge/bus/route_event.h"

namespace ddblog::eventbridge {
namespace {

Event wrapped(const Context& context, const rpc::Message& message) {
  NewEvent event;
  event.id = context.ids.uuid();
  event.source = message.envelope->source;
  event.detail_type = message.envelope->detail_type;
  event.resources = message.envelope->resources;
  event.detail = message.body.text();
  event.time = context.clock.now();
  return makeEvent(event, context.region, context.account_id);
}

}  // namespace

std::optional<rpc::DeliveryFailure> BusRecipient::deliver(Transaction& transaction, const rpc::Message& message) {
  const std::string bus = context_.arns.busName(message.recipient_arn);
  if (!context_.catalog.findBus(transaction, bus)) {
    return rpc::DeliveryFailure{"NO_RESOURCE", "Event bus " + bus + " does not exist."};
  }
  std::optional<Event> event;
  try {
    event = message.envelope ? wrapped(context_, message) : readEvent(message.body.text());
  } catch (const std::invalid_argument& error) {
    return rpc::DeliveryFailure{"INVALID_JSON", "the bus " + bus + " got what is not an event: " + error.what()};
  }
  event->forwarded = !message.envelope;
  routeEvent(transaction, context_, bus, *event);
  return std::nullopt;
}

}  // namespace ddblog::eventbridge
