#include "services/eventbridge/bus/route_event.h"

namespace ddblog::eventbridge {

std::size_t routeEvent(Transaction& transaction, const Context& context, std::string_view bus, const Event& event) {
  const ActiveRules rules = context.catalog.activeRules(transaction, bus);
  if (!rules) {
    context.warn("event " + event.id + " was put to the bus " + std::string(bus) +
                 ", which does not exist: it is dropped");
    return 0;
  }
  std::size_t deliveries = 0;
  const Timestamp now = context.clock.now();
  for (const ActiveRule& rule : *rules) {
    if (!rule.pattern.matches(event.fields)) continue;
    for (const ActiveTarget& target : rule.targets) {
      if (event.forwarded && context.arns.isBus(target.arn)) continue;
      const rpc::Message message{target.arn, target.input.make(event, rule.arn, rule.name, now)};
      if (context.recipients.deliver(transaction, message)) {
        ++deliveries;
      } else {
        context.warn("event " + event.id + " could not be delivered: nothing here takes events for " + target.arn);
      }
    }
  }
  if (context.observer) context.observer->onEvent(transaction, bus, event);
  return deliveries;
}

}  // namespace ddblog::eventbridge
