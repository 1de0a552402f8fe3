#include "cli/projections/handlers.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/json.h"
#include "base/json_fields.h"
#include "cli/bus_rules.h"
#include "event_patterns/explanation.h"
#include "event_patterns/json_text.h"

namespace ddblog::cli {
namespace {

constexpr std::string_view kFunctionPart = ":function:";

bool matchesOne(const std::string& pattern, const std::vector<std::string>& events) {
  return std::ranges::any_of(events, [&pattern](const std::string& event) {
    const event_patterns::JsonText text(event);
    return event_patterns::explain(pattern, event_patterns::EventFields(text.root())).matches;
  });
}

}  // namespace

std::vector<std::string> functionsThatGet(Transport& transport, const std::string& bus,
                                          const std::vector<std::string>& events) {
  std::set<std::string> functions;
  for (const json::object& rule : rulesOfBus(transport, bus)) {
    const std::string pattern = textOf(rule, "EventPattern");
    if (pattern.empty() || textOf(rule, "State") == "DISABLED" || !matchesOne(pattern, events)) continue;
    for (const json::object& target : targetsOfRule(transport, bus, textOf(rule, "Name"))) {
      const std::string arn = textOf(target, "Arn");
      if (arn.find(kFunctionPart) != std::string::npos && !changesEvent(target)) functions.insert(arn);
    }
  }
  return {functions.begin(), functions.end()};
}

std::string functionInArn(const std::string& arn) {
  const std::size_t part = arn.find(kFunctionPart);
  return part == std::string::npos ? arn : arn.substr(part + kFunctionPart.size());
}

}  // namespace ddblog::cli
