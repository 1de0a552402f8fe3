#include "services/eventbridge/bus/catalog.h"

#include <algorithm>
#include <stdexcept>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/json_fields.h"
#include "services/eventbridge/bus/key_spaces.h"
#include "services/eventbridge/bus/page_walk.h"
#include "services/eventbridge/bus/stored_resources.h"
#include "store/key_space.h"

namespace ddblog::eventbridge {
namespace {

std::string busKey(std::string_view name) { return KeyBuilder(key_spaces::kBuses).text(name).str(); }
std::string rulesKey(std::string_view bus) { return KeyBuilder(key_spaces::kRules).text(bus).str(); }
std::string ruleKey(std::string_view bus, std::string_view name) {
  return KeyBuilder(key_spaces::kRules).text(bus).text(name).str();
}
std::string targetsKey(std::string_view bus, std::string_view rule) {
  return KeyBuilder(key_spaces::kTargets).text(bus).text(rule).str();
}
std::string targetKey(std::string_view bus, std::string_view rule, std::string_view id) {
  return KeyBuilder(key_spaces::kTargets).text(bus).text(rule).text(id).str();
}

std::string lastText(std::string_view key, int texts) {
  KeyParser parser(key);
  std::string text;
  for (int i = 0; i < texts; ++i) text = parser.text();
  return text;
}

std::size_t countKeys(const Reader& reader, const std::string& prefix) {
  std::size_t count = 0;
  for (auto cursor = reader.cursor(prefix, endOfPrefix(prefix)); cursor->valid(); cursor->next()) ++count;
  return count;
}

ActiveTarget activeTarget(const Target& target) {
  ActiveTarget active{textOf(target, "Id"), textOf(target, "Arn"), TargetInput(target), {}, {}, {}};
  if (const json::object* policy = objectOf(target, "RetryPolicy")) {
    if (const json::value* retries = policy->if_contains("MaximumRetryAttempts")) {
      active.retry_policy.most_retries = retries->to_number<int>();
    }
    if (const json::value* age = policy->if_contains("MaximumEventAgeInSeconds")) {
      active.retry_policy.most_age = std::chrono::seconds(age->to_number<int>());
    }
  }
  if (const json::object* config = objectOf(target, "DeadLetterConfig"))
    active.dead_letter_arn = textOf(*config, "Arn");
  if (const json::object* queue = objectOf(target, "SqsParameters")) active.group_id = textOf(*queue, "MessageGroupId");
  return active;
}

}  // namespace

void Catalog::addDefaultBus(Store& store, Timestamp now) const {
  if (findBus(*store.snapshot(), kDefaultBus)) return;
  store.writeAndWait([this, now](Transaction& transaction) {
    if (findBus(transaction, kDefaultBus)) return;
    Bus bus;
    bus.name = kDefaultBus;
    bus.created_at = bus.modified_at = now;
    putBus(transaction, bus);
  });
}

std::optional<Bus> Catalog::findBus(const Reader& reader, std::string_view name) const {
  const auto stored = reader.get(busKey(name));
  if (!stored) return std::nullopt;
  return decodeBus(*stored);
}

Bus Catalog::bus(const Reader& reader, std::string_view name) const {
  auto found = findBus(reader, name);
  if (!found) throw resourceNotFound("Event bus " + std::string(name) + " does not exist.");
  return std::move(*found);
}

Page<Bus> Catalog::buses(const Reader& reader, const ListRequest& page) const {
  return walkPage<Bus>(
      reader, KeyBuilder(key_spaces::kBuses).str(), page, [](std::string_view name) { return busKey(name); },
      [](std::string_view key) { return lastText(key, 1); },
      [](std::string_view, std::string_view value) { return decodeBus(value); });
}

void Catalog::putBus(Transaction& transaction, const Bus& bus) const {
  transaction.put(busKey(bus.name), encodeBus(bus));
}

void Catalog::eraseBus(Transaction& transaction, std::string_view name) const {
  transaction.erase(busKey(name));
  MutexLock lock(mutex_);
  cache_.erase(std::string(name));
}

std::optional<Rule> Catalog::findRule(const Reader& reader, std::string_view bus, std::string_view name) const {
  const auto stored = reader.get(ruleKey(bus, name));
  if (!stored) return std::nullopt;
  return decodeRule(*stored);
}

Rule Catalog::rule(const Reader& reader, std::string_view bus_name, std::string_view name) const {
  bus(reader, bus_name);
  auto found = findRule(reader, bus_name, name);
  if (!found) {
    throw resourceNotFound("Rule " + std::string(name) + " does not exist on EventBus " + std::string(bus_name) + ".");
  }
  return std::move(*found);
}

Page<Rule> Catalog::rules(const Reader& reader, std::string_view bus, const ListRequest& page) const {
  return walkPage<Rule>(
      reader, rulesKey(bus), page, [bus](std::string_view name) { return ruleKey(bus, name); },
      [](std::string_view key) { return lastText(key, 2); },
      [](std::string_view, std::string_view value) { return decodeRule(value); });
}

Page<std::string> Catalog::rulesOfTarget(const Reader& reader, std::string_view bus, std::string_view target_arn,
                                         const ListRequest& page) const {
  Page<std::string> answer;
  const std::string begin = rulesKey(bus);
  const std::string after = lastOfPageBefore(page);
  for (auto cursor = reader.cursor(begin, endOfPrefix(begin)); cursor->valid(); cursor->next()) {
    std::string rule = lastText(cursor->key(), 2);
    if (rule <= after) continue;
    const Page<Target> all = targets(reader, bus, rule, {});
    const bool has_it = std::any_of(all.entries.begin(), all.entries.end(), [&](const Target& target) {
      return std::string_view(target.at("Arn").as_string()) == target_arn;
    });
    if (!has_it) continue;
    if (answer.entries.size() == page.limit) {
      answer.next_token = toBase64(answer.entries.back());
      break;
    }
    answer.entries.push_back(std::move(rule));
  }
  return answer;
}

void Catalog::forEachRule(const Reader& reader, std::string_view bus,
                          const std::function<void(const Rule&)>& look) const {
  const std::string begin = rulesKey(bus);
  for (auto cursor = reader.cursor(begin, endOfPrefix(begin)); cursor->valid(); cursor->next()) {
    look(decodeRule(cursor->value()));
  }
}

std::size_t Catalog::countRules(const Reader& reader, std::string_view bus) const {
  return countKeys(reader, rulesKey(bus));
}

void Catalog::putRule(Transaction& transaction, const Rule& rule) const {
  transaction.put(ruleKey(rule.bus, rule.name), encodeRule(rule));
  if (rule.bus == kDefaultBus) transaction.notifyAfterCommit(default_bus_changed_);
  renewStamp(transaction, rule.bus);
}

void Catalog::eraseRule(Transaction& transaction, std::string_view bus, std::string_view name) const {
  transaction.erase(ruleKey(bus, name));
  if (bus == kDefaultBus) transaction.notifyAfterCommit(default_bus_changed_);
  renewStamp(transaction, bus);
}

Page<Target> Catalog::targets(const Reader& reader, std::string_view bus, std::string_view rule,
                              const ListRequest& page) const {
  return walkPage<Target>(
      reader, targetsKey(bus, rule), page, [&](std::string_view id) { return targetKey(bus, rule, id); },
      [](std::string_view key) { return lastText(key, 3); },
      [](std::string_view, std::string_view value) { return parseJson(value).as_object(); });
}

bool Catalog::hasTarget(const Reader& reader, std::string_view bus, std::string_view rule, std::string_view id) const {
  return reader.get(targetKey(bus, rule, id)).has_value();
}

std::size_t Catalog::countTargets(const Reader& reader, std::string_view bus, std::string_view rule) const {
  return countKeys(reader, targetsKey(bus, rule));
}

void Catalog::putTarget(Transaction& transaction, std::string_view bus, std::string_view rule,
                        const Target& target) const {
  const auto& id = target.at("Id").as_string();
  transaction.put(targetKey(bus, rule, {id.data(), id.size()}), json::serialize(target));
  renewStamp(transaction, bus);
}

void Catalog::eraseTarget(Transaction& transaction, std::string_view bus, std::string_view rule,
                          std::string_view id) const {
  transaction.erase(targetKey(bus, rule, id));
  renewStamp(transaction, bus);
}

void Catalog::renewStamp(Transaction& transaction, std::string_view name) const {
  Bus changed = bus(transaction, name);
  changed.rules_stamp = ids_.number();
  putBus(transaction, changed);
}

ActiveRules Catalog::activeRules(const Reader& reader, std::string_view bus) const {
  auto stored = reader.getHot(busKey(bus));
  if (!stored) return nullptr;
  {
    MutexLock lock(mutex_);
    const auto found = cache_.find(std::string(bus));
    if (found != cache_.end() && found->second.stored == *stored) return found->second.rules;
  }
  ActiveRules rules = compile(reader, bus);
  MutexLock lock(mutex_);
  cache_[std::string(bus)] = Cached{std::move(*stored), rules};
  return rules;
}

ActiveRules Catalog::compile(const Reader& reader, std::string_view bus) const {
  auto active = std::make_shared<ActiveRuleSet>();
  forEachRule(reader, bus, [&](const Rule& rule) {
    if (!rule.enabled()) return;
    ActiveRule ready{rule.name, arns_.rule(bus, rule.name), std::nullopt, {}};
    if (!rule.pattern.empty()) ready.pattern = event_patterns::Pattern::compile(rule.pattern);
    const std::string first = targetsKey(bus, rule.name);
    for (auto target = reader.cursor(first, endOfPrefix(first)); target->valid(); target->next()) {
      ready.targets.push_back(activeTarget(parseJson(target->value()).as_object()));
    }
    // One without targets gets nothing, but countMatches() counts what it would get.
    if (!ready.targets.empty() || ready.pattern) active->rules.push_back(std::move(ready));
  });
  std::vector<const event_patterns::Pattern*> patterns;
  for (const ActiveRule& rule : active->rules) patterns.push_back(rule.pattern ? &*rule.pattern : nullptr);
  active->index = event_patterns::PatternIndex(patterns);
  return active;
}

}  // namespace ddblog::eventbridge
