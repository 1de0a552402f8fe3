#include "services/eventbridge/bus/publish.h"

namespace ddblog::eventbridge {

Published publish(Transaction& transaction, const Context& context, std::string_view bus, const Event& event) {
  const ActiveRules rules = context.catalog.activeRules(transaction, bus);
  if (!rules) {
    context.warn("event " + event.id + " was put to the bus " + std::string(bus) +
                 ", which does not exist: it is gone");
    return {};
  }
  Published published{true, 0};
  const Timestamp now = context.clock.now();
  for (const ActiveRule& rule : *rules) {
    if (!rule.pattern.matches(event.fields)) continue;
    for (const ActiveTarget& target : rule.targets) {
      context.delivery.deliver(
          transaction,
          Delivery{rule.arn, target.id, target.arn, target.input.make(event, rule.arn, rule.name, now), event.id,
                   target.maximum_retry_attempts, target.maximum_event_age, target.dead_letter_arn});
      ++published.deliveries;
    }
  }
  if (context.archive.keeps(bus)) context.archive.add(transaction, event);
  return published;
}

}  // namespace ddblog::eventbridge
