#include "cli/replays/replay_dry_run.h"

#include <utility>

#include "base/json.h"
#include "base/json_fields.h"
#include "event_patterns/event_fields.h"
#include "event_patterns/json_text.h"
#include "services/eventbridge/bus/event.h"

namespace ddblog::cli {

DryRun::DryRun(const std::vector<json::object>& rules, std::string replay_name) : replay_name_(std::move(replay_name)) {
  for (const json::object& rule : rules) {
    const std::string pattern = textOf(rule, "EventPattern");
    if (pattern.empty() || textOf(rule, "State") == "DISABLED") continue;
    rules_.push_back({textOf(rule, "Name"), event_patterns::Pattern::compile(pattern), 0});
  }
}

void DryRun::send(const std::vector<eventbridge::ArchivedEvent>& events, ReplayCounts& counts) {
  for (const eventbridge::ArchivedEvent& archived : events) {
    const std::string text = eventbridge::withReplayName(archived.event, replay_name_);
    if (!isJsonObject(text)) {
      ++counts.incomplete;
      continue;
    }
    const event_patterns::JsonText json(text);
    const event_patterns::EventFields fields(json.root());
    for (RuleCount& rule : rules_) {
      if (rule.pattern.matches(fields)) ++rule.events;
    }
    ++counts.sent;
  }
}

}  // namespace ddblog::cli
