// A replay to a bus that sends nothing: counts the events that each enabled rule would get.
//
// Thread safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/replays/replay_targets.h"
#include "event_patterns/pattern.h"

namespace ddblog::cli {

class DryRun : public ReplayTarget {
 public:
  // `rules`: as ListRules returns them. `replay_name`: patterns can ask for it.
  DryRun(const std::vector<json::object>& rules, std::string replay_name);
  void send(const std::vector<eventbridge::ArchivedEvent>& events, ReplayCounts& counts) override;

  struct RuleCount {
    std::string name;
    event_patterns::Pattern pattern;
    std::uint64_t events = 0;
  };
  const std::vector<RuleCount>& rules() const { return rules_; }

 private:
  std::vector<RuleCount> rules_;
  const std::string replay_name_;
};

}  // namespace ddblog::cli
