#include "deploy/local/provision.h"

#include <set>

#include "base/api_error.h"
#include "deploy/local/key_spaces.h"
#include "deploy/local/provision_functions.h"
#include "deploy/local/provision_queues.h"
#include "deploy/local/provision_schedules.h"
#include "deploy/local/provision_seeds.h"
#include "deploy/local/provision_tables.h"
#include "store/key_space.h"

namespace ddblog::deploy {

namespace {

// A rule's key in the list of resources that the last template declared.
std::string declaredKey(const std::string& bus, const std::string& rule) {
  return KeyBuilder(key_spaces::kApplication).text(bus).text(rule).str();
}

std::string busOf(const json::object& request) {
  const std::string bus = textOf(request, "EventBusName");
  return bus.empty() ? "default" : bus;
}

// Removes the targets of a rule that `kept` does not name.
void removeTargets(Refusals& refusals, const rpc::JsonApi& eventbridge, const std::string& bus, const std::string& rule,
                   const std::set<std::string>& kept) {
  const json::object request{{"Rule", rule}, {"EventBusName", bus}};
  json::array ids;
  const json::object answer = call(eventbridge, "ListTargetsByRule", request);
  for (const json::value& target : answer.at("Targets").as_array()) {
    const std::string id = textOf(target.as_object(), "Id");
    if (!kept.contains(id)) ids.emplace_back(id);
  }
  if (ids.empty()) return;
  provision(refusals, eventbridge, "RemoveTargets", {{"Rule", rule}, {"EventBusName", bus}, {"Ids", std::move(ids)}},
            "rule " + rule);
}

void removeRule(Refusals& refusals, const rpc::JsonApi& eventbridge, const std::string& bus, const std::string& rule) {
  try {
    removeTargets(refusals, eventbridge, bus, rule, {});
    call(eventbridge, "DeleteRule", {{"Name", rule}, {"EventBusName", bus}});
  } catch (const ApiError& e) {
    if (e.type() != "ResourceNotFoundException") refusals.add(ProvisionError("rule " + rule + ": " + e.message()));
  }
}

std::set<std::string> targetIds(const templates::App::Rule& rule) {
  std::set<std::string> ids;
  const json::value* targets = rule.put_targets.if_contains("Targets");
  if (!targets || !targets->is_array()) return ids;
  for (const json::value& target : targets->get_array()) {
    if (target.is_object()) ids.insert(textOf(target.get_object(), "Id"));
  }
  return ids;
}

// Deletes the rules that an earlier template declared and this one does not, and remembers those of
// this one.
void deleteFormerRules(Refusals& refusals, const rpc::JsonApi& eventbridge, Store& store,
                       const std::set<std::string>& declared) {
  const std::string space = KeyBuilder(key_spaces::kApplication).str();
  std::set<std::string> old;
  auto snapshot = store.snapshot();
  for (auto cursor = snapshot->cursor(space, endOfPrefix(space)); cursor->valid(); cursor->next()) {
    if (!KeyParser(cursor->key()).text().empty()) old.emplace(cursor->key());  // else a table's (provision_tables.cc)
  }
  if (old == declared) return;
  for (const std::string& key : old) {
    if (declared.contains(key)) continue;
    KeyParser parser(key);
    const std::string bus = parser.text();
    removeRule(refusals, eventbridge, bus, parser.text());
  }
  store.writeAndWait([&](Transaction& transaction) {
    for (const std::string& key : old) transaction.erase(key);
    for (const std::string& key : declared) transaction.put(key, "");
  });
}

}  // namespace

void provisionApplication(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals) {
  provisionQueues(app, apis, refusals);
  provisionSeeds(app, apis, provisionTables(app, apiOf(apis, "DynamoDB_20120810"), store, refusals), refusals);
  provisionFunctions(app, apis, store, refusals);
  provisionBuses(app, apis, store, refusals);
  provisionMappings(app, apis, store, refusals);
  provisionSchedules(app, apis, store, refusals);
}

void provisionBuses(const templates::App& app, const rpc::Apis& apis, Store& store, Refusals& refusals) {
  const rpc::JsonApi& eventbridge = apiOf(apis, "AWSEvents");
  Calls buses(refusals);
  for (const json::object& bus : app.event_buses) {
    buses.start(eventbridge, "CreateEventBus", bus, "bus " + textOf(bus, "Name"), "ResourceAlreadyExistsException");
  }
  buses.finish();
  for (const json::object& archive : app.archives) {
    const std::string what = "archive " + textOf(archive, "ArchiveName");
    const Provisioned created =
        provision(refusals, eventbridge, "CreateArchive", archive, what, "ResourceAlreadyExistsException");
    if (created == Provisioned::kExpectedError) provision(refusals, eventbridge, "UpdateArchive", archive, what);
  }
  std::set<std::string> declared;
  Calls rules(refusals);
  for (const templates::App::Rule& rule : app.rules) {
    const std::string name = textOf(rule.put_rule, "Name");
    rules.start(eventbridge, "PutRule", rule.put_rule, "rule " + name);
    declared.insert(declaredKey(busOf(rule.put_rule), name));
  }
  const std::vector<Provisioned> put = rules.finish();
  Calls targets(refusals);
  for (std::size_t i = 0; i < app.rules.size(); ++i) {
    if (put[i] == Provisioned::kRefused) continue;
    const templates::App::Rule& rule = app.rules[i];
    const std::string name = textOf(rule.put_rule, "Name");
    const std::set<std::string> ids = targetIds(rule);
    // First, so that there is room: a rule has five targets at most.
    removeTargets(refusals, eventbridge, busOf(rule.put_rule), name, ids);
    if (!ids.empty()) targets.start(eventbridge, "PutTargets", rule.put_targets, "the targets of rule " + name);
  }
  targets.finish();
  deleteFormerRules(refusals, eventbridge, store, declared);
}

}  // namespace ddblog::deploy
