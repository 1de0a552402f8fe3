#include "services/eventbridge/bus/route_event.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "deliveries/deliveries.h"
#include "rpc/fault_identity.h"

namespace ddblog::eventbridge {
namespace {

// What the targets of one event get. Targets that get the same text share it: it is made once, and
// stored once (rpc::MessageBody).
class TargetBodies {
 public:
  TargetBodies(const Event& event, const std::vector<const ActiveRule*>& rules, Timestamp now)
      : event_(event), now_(now) {
    for (const ActiveRule* rule : rules) {
      for (const ActiveTarget& target : rule->targets) {
        ++shared_[target.input.sharedKey(rule->name)].targets;
      }
    }
  }

  rpc::MessageBody of(const ActiveRule& rule, const ActiveTarget& target) {
    Shared& shared = shared_[target.input.sharedKey(rule.name)];
    if (shared.body) return *shared.body;
    if (shared.too_large) throw *shared.too_large;
    try {
      std::string text = target.input.make(event_, rule.arn, rule.name, now_);
      if (shared.targets == 1) return text;
      shared.body = rpc::MessageBody::ofSeveralMessages(std::move(text));
      return *shared.body;
    } catch (const TargetInputTooLarge& error) {
      shared.too_large = error;
      throw;
    }
  }

 private:
  struct Shared {
    int targets = 0;
    std::optional<rpc::MessageBody> body;
    std::optional<TargetInputTooLarge> too_large;  // why there is no text
  };

  const Event& event_;
  const Timestamp now_;
  std::map<std::string, Shared> shared_;  // by TargetInput::sharedKey
};

// Returns the number of deliveries.
std::size_t sendTo(Transaction& transaction, const Context& context, const std::vector<const ActiveRule*>& rules,
                   const Event& event) {
  TargetBodies bodies(event, rules, context.clock.now());
  std::size_t delivered = 0;
  const auto deliver = [&](const ActiveRule& rule, const ActiveTarget& target) {
    if (event.forwarded && context.arns.isBus(target.arn)) return false;
    const auto with = [&](rpc::MessageBody input) -> deliveries::Delivery {
      return {rule.arn, target.arn, target.group_id, target.dead_letter_arn, target.retry_policy,
              event.id, event.text, std::move(input)};
    };
    std::optional<rpc::MessageBody> input;
    try {
      input = bodies.of(rule, target);
    } catch (const TargetInputTooLarge& error) {
      context.deliveries.giveUpUnattempted(transaction, with(event.text), {"INVALID_PARAMETER", error.what()});
      return false;
    }
    return context.deliveries.deliver(transaction, with(*std::move(input)));
  };
  Faults* const faults = context.faults && context.faults->wants(Fault::kDuplicate) ? context.faults : nullptr;
  const std::string identity = faults ? rpc::faultIdentity(event.text) : std::string();
  for (const ActiveRule* rule : rules) {
    for (const ActiveTarget& target : rule->targets) {
      if (!deliver(*rule, target)) continue;
      ++delivered;
      if (faults && faults->strike(Fault::kDuplicate, rule->arn + ' ' + target.arn + ' ' + identity)) {
        deliver(*rule, target);
      }
    }
  }
  return delivered;
}

// Returns what the deliveries are done for.
std::string traced(Transaction& transaction, const Context& context, std::string_view bus, const Event& event,
                   const std::vector<const ActiveRule*>& rules) {
  if (!context.traces) return {};
  std::string id = context.traces->newId();
  rpc::Span span{.kind = rpc::Span::Kind::kEvent,
                 .id = id,
                 .parent = transaction.cause(),
                 .subject = bus,
                 .source = event.id,
                 .at = context.clock.now(),
                 .number = static_cast<int>(rules.size()),
                 .is_replay = event.replayed,
                 .is_partial = event.text.size() > rpc::Span::kMostText};
  if (!span.is_partial) span.detail = event.text;
  context.traces->addAfterCommit(transaction, span);
  return id;
}

}  // namespace

std::size_t routeEvent(Transaction& transaction, const Context& context, std::string_view bus, const Event& event,
                       const RuleFilter& filter) {
  const ActiveRules active = context.catalog.activeRules(transaction, bus);
  if (!active) {
    context.warn("event " + event.id + " was put to the bus " + std::string(bus) +
                 ", which does not exist, and was dropped");
    return 0;
  }
  std::vector<const ActiveRule*> matching;
  for (const std::size_t i : active->index.candidates(event.fields)) {
    const ActiveRule& rule = active->rules[i];
    if (filter && !filter(rule.arn)) continue;
    if (rule.pattern->matches(event.fields)) matching.push_back(&rule);
  }
  const rpc::CauseScope scope(transaction, traced(transaction, context, bus, event, matching));
  const std::size_t deliveries = sendTo(transaction, context, matching, event);
  if (context.observer) context.observer->onEvent(transaction, bus, event);
  return deliveries;
}

std::map<std::string, std::uint64_t> countMatches(const Reader& reader, const Context& context, std::string_view bus,
                                                  const std::vector<Event>& events, const RuleFilter& filter) {
  std::map<std::string, std::uint64_t> counts;
  const ActiveRules active = context.catalog.activeRules(reader, bus);
  if (!active) return counts;
  for (const ActiveRule& rule : active->rules) {
    if (rule.pattern && (!filter || filter(rule.arn))) counts[rule.name] = 0;
  }
  for (const Event& event : events) {
    for (const std::size_t i : active->index.candidates(event.fields)) {
      const ActiveRule& rule = active->rules[i];
      const auto count = counts.find(rule.name);
      if (count != counts.end() && rule.pattern->matches(event.fields)) ++count->second;
    }
  }
  return counts;
}

void sendToRule(Transaction& transaction, const Context& context, std::string_view bus, std::string_view rule_name,
                const Event& event) {
  const ActiveRules active = context.catalog.activeRules(transaction, bus);
  if (!active) return;
  for (const ActiveRule& rule : active->rules) {
    if (rule.name == rule_name) sendTo(transaction, context, {&rule}, event);
  }
}

}  // namespace ddblog::eventbridge
