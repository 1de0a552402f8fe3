// Puts an event on a bus. This is the only code that matches events against rules.
//
// It writes, in the caller's transaction, one durable delivery for every target of every matching
// rule, and the observer (the archive) writes its part. So a commit contains all of it or nothing.
// Targets that get the same text share it (rpc::MessageBody), so it is stored once, however many
// they are.
//
// As in AWS, an event that a rule forwarded from another bus is not forwarded to a third one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/bus/event.h"
#include "store/store.h"

namespace ddblog::eventbridge {

// Whether a rule gets an event that matches its pattern (a replay's FilterArns). Empty: each does.
using RuleFilter = std::function<bool(std::string_view rule_arn)>;

// Returns the number of deliveries. An event for a bus that does not exist is dropped, as in AWS,
// with a warning.
std::size_t routeEvent(Transaction& transaction, const Context& context, std::string_view bus, const Event& event,
                       const RuleFilter& filter = {});

// How many of the events each enabled rule of the bus with a pattern would get, also a rule without targets.
std::map<std::string, std::uint64_t> countMatches(const Reader& reader, const Context& context, std::string_view bus,
                                                  const std::vector<Event>& events, const RuleFilter& filter);

// Sends an event to the targets of one rule, whatever its pattern; not to the archive. A rule that is
// not enabled or has no targets gets nothing.
void sendToRule(Transaction& transaction, const Context& context, std::string_view bus, std::string_view rule_name,
                const Event& event);

}  // namespace ddblog::eventbridge
