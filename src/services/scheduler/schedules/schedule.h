// EventBridge Scheduler's resources, schedules and groups of them, and their ARNs.
//
// Value types. Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"

namespace ddblog::scheduler {

inline constexpr std::string_view kDefaultGroup = "default";

struct Group {
  std::string name;
  bool is_being_deleted = false;  // its schedules are deleted first, in steps
  Timestamp created_at;
  Timestamp modified_at;
  json::object tags;         // name to value
  std::string client_token;  // of the request that created it
};

struct Schedule {
  std::string group;
  std::string name;
  std::string expression;  // as put
  std::string time_zone = "UTC";
  std::optional<Timestamp> start;
  std::optional<Timestamp> end;
  std::string description;
  std::string state = "ENABLED";  // or "DISABLED"
  std::string kms_key_arn;
  std::string action_after_completion = "NONE";  // or "DELETE"
  std::optional<int> window_minutes;             // of a flexible time window; std::nullopt: none
  json::object target;                           // as put, with a whole RetryPolicy
  Timestamp created_at;
  Timestamp modified_at;
  Timestamp since;           // where a rate without a start date begins
  std::string client_token;  // of the request that created it

  bool enabled() const { return state == "ENABLED"; }
  Duration window() const { return std::chrono::minutes(window_minutes.value_or(0)); }
};

// When a schedule invokes its target next.
struct Occurrence {
  Timestamp scheduled_at;  // what its expression says
  Timestamp due_at;        // the same, or somewhere in the flexible time window after it
};

class Arns {
 public:
  Arns(std::string_view region, std::string_view account_id)
      : prefix_("arn:aws:scheduler:" + std::string(region) + ":" + std::string(account_id) + ":") {}

  std::string schedule(const Schedule& schedule) const {
    return prefix_ + "schedule/" + schedule.group + "/" + schedule.name;
  }
  std::string group(std::string_view name) const { return groupPrefix() + std::string(name); }
  // The name in a group's ARN; empty: it is not the ARN of one here.
  std::string groupName(std::string_view arn) const {
    const std::string prefix = groupPrefix();
    return arn.starts_with(prefix) ? std::string(arn.substr(prefix.size())) : std::string();
  }

 private:
  std::string groupPrefix() const { return prefix_ + "schedule-group/"; }

  std::string prefix_;
};

}  // namespace ddblog::scheduler
