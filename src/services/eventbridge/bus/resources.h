// EventBridge's resources (buses, their rules, the rules' targets) and their ARNs.
//
// Value types. Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/Welcome.html
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace ddblog::eventbridge {

inline constexpr std::string_view kDefaultBus = "default";

struct Bus {
  std::string name;
  std::string description;
  Timestamp created_at;
  Timestamp modified_at;
  // KmsKeyIdentifier, DeadLetterConfig and LogConfig, returned as they were put.
  json::object settings;
  json::object tags;              // name to value
  std::uint64_t rules_stamp = 0;  // a random number that changes with every change of the bus's rules and targets
};

struct Rule {
  std::string bus;
  std::string name;
  std::string pattern;        // as put; empty: none
  std::string schedule = {};  // a ScheduleExpression, as put; empty: none
  Timestamp scheduled_since = {};
  std::string description;
  std::string role_arn;
  std::string state;  // "ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
  json::object tags;

  bool enabled() const { return state != "DISABLED"; }
};

// A target as in PutTargets: {"Id": …, "Arn": …, "RetryPolicy": …}.
using Target = json::object;

// Names and ARNs of one region and account.
class Arns {
 public:
  Arns(std::string_view region, std::string_view account_id)
      : prefix_("arn:aws:events:" + std::string(region) + ":" + std::string(account_id) + ":") {}

  std::string bus(std::string_view name) const { return prefix_ + "event-bus/" + std::string(name); }
  // "rule/NAME" on the default bus, "rule/BUS/NAME" elsewhere.
  std::string rule(std::string_view bus, std::string_view name) const {
    const std::string on_bus = bus == kDefaultBus ? std::string() : std::string(bus) + "/";
    return prefix_ + "rule/" + on_bus + std::string(name);
  }
  std::string archive(std::string_view name) const { return prefix_ + "archive/" + std::string(name); }
  std::string replay(std::string_view name) const { return prefix_ + "replay/" + std::string(name); }

  // A bus's name from its name or its ARN. The ARN of another account or region is returned
  // unchanged: no bus has that name.
  std::string busName(std::string_view name_or_arn) const { return withoutPrefix(name_or_arn, "event-bus/"); }
  bool isBus(std::string_view arn) const {
    return arn.starts_with(prefix_) && arn.substr(prefix_.size()).starts_with("event-bus/");
  }
  // The part after "rule/", "archive/" … in one of our ARNs; any other text unchanged.
  std::string withoutPrefix(std::string_view name_or_arn, std::string_view kind) const {
    const std::string prefix = prefix_ + std::string(kind);
    return std::string(name_or_arn.starts_with(prefix) ? name_or_arn.substr(prefix.size()) : name_or_arn);
  }

 private:
  std::string prefix_;
};

}  // namespace ddblog::eventbridge
