// Buses, rules and targets in the store. Look-ups read from the operation's own reader. The rules
// that PutEvents matches are compiled once and cached by the bus's stored bytes, which contain a
// random number that changes with every change of the bus's rules and targets.
//
//   0x30 bus                   -> {"name": …, "stamp": …, …}
//   0x31 bus rule              -> {"pattern": …, "state": …, …}
//   0x32 bus rule target       -> the target as in PutTargets
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/thread_annotations.h"
#include "deliveries/deliveries.h"
#include "event_patterns/pattern.h"
#include "event_patterns/pattern_index.h"
#include "services/eventbridge/bus/resources.h"
#include "services/eventbridge/bus/target_input.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::eventbridge {

// A target of an enabled rule, ready for use.
struct ActiveTarget {
  std::string id;
  std::string arn;
  TargetInput input;
  deliveries::RetryPolicy retry_policy;
  std::string dead_letter_arn;  // empty: none
  std::string group_id;         // MessageGroupId of a FIFO queue
};
struct ActiveRule {
  std::string name;
  std::string arn;
  std::optional<event_patterns::Pattern> pattern;  // std::nullopt: it has only a schedule
  std::vector<ActiveTarget> targets;
};
struct ActiveRuleSet {
  std::vector<ActiveRule> rules;
  event_patterns::PatternIndex index;  // of their patterns
};
using ActiveRules = std::shared_ptr<const ActiveRuleSet>;

// One page of a list, as a List operation returns it.
template <class Entry>
struct Page {
  std::vector<Entry> entries;
  std::string next_token;  // empty: this is the last page
};

// The page that a request asks for. A token is the base64 of the last name on the previous page.
struct ListRequest {
  std::string prefix;
  std::string token;
  std::size_t limit = 100;
};

class Catalog {
 public:
  Catalog(Ids& ids, Arns arns) : ids_(ids), arns_(std::move(arns)) {}

  // Creates the bus `default` unless it exists.
  void addDefaultBus(Store& store, Timestamp now) const;

  std::optional<Bus> findBus(const Reader& reader, std::string_view name) const;
  // Throws ResourceNotFoundException "Event bus NAME does not exist."
  Bus bus(const Reader& reader, std::string_view name) const;
  Page<Bus> buses(const Reader& reader, const ListRequest& page) const;
  void putBus(Transaction& transaction, const Bus& bus) const;
  void eraseBus(Transaction& transaction, std::string_view name) const;

  std::optional<Rule> findRule(const Reader& reader, std::string_view bus, std::string_view name) const;
  // Throws ResourceNotFoundException for the bus, or "Rule NAME does not exist on EventBus BUS."
  Rule rule(const Reader& reader, std::string_view bus, std::string_view name) const;
  Page<Rule> rules(const Reader& reader, std::string_view bus, const ListRequest& page) const;
  // The names of the rules that have a target with this ARN.
  Page<std::string> rulesOfTarget(const Reader& reader, std::string_view bus, std::string_view target_arn,
                                  const ListRequest& page) const;
  void forEachRule(const Reader& reader, std::string_view bus, const std::function<void(const Rule&)>& look) const;
  std::size_t countRules(const Reader& reader, std::string_view bus) const;
  void putRule(Transaction& transaction, const Rule& rule) const;
  void eraseRule(Transaction& transaction, std::string_view bus, std::string_view name) const;

  Page<Target> targets(const Reader& reader, std::string_view bus, std::string_view rule,
                       const ListRequest& page) const;
  bool hasTarget(const Reader& reader, std::string_view bus, std::string_view rule, std::string_view id) const;
  std::size_t countTargets(const Reader& reader, std::string_view bus, std::string_view rule) const;
  void putTarget(Transaction& transaction, std::string_view bus, std::string_view rule, const Target& target) const;
  void eraseTarget(Transaction& transaction, std::string_view bus, std::string_view rule, std::string_view id) const;

  // Notified after commits that change the rules of the default bus, which may have schedules.
  CommitNotifier& defaultBusChanged() const { return default_bus_changed_; }

  // The enabled rules of a bus that have a pattern or targets; nullptr: the bus does not exist.
  ActiveRules activeRules(const Reader& reader, std::string_view bus) const;

 private:
  struct Cached {
    std::string stored;
    ActiveRules rules;
  };
  // Call it after a change of a bus's rules or targets.
  void renewStamp(Transaction& transaction, std::string_view bus) const;
  ActiveRules compile(const Reader& reader, std::string_view bus) const;

  Ids& ids_;
  const Arns arns_;
  mutable CommitNotifier default_bus_changed_;
  mutable Mutex mutex_;
  mutable std::unordered_map<std::string, Cached> cache_ GUARDED_BY(mutex_);  // by bus
};

}  // namespace ddblog::eventbridge
