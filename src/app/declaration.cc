#include "app/declaration.h"

#include <future>
#include <set>

#include "base/api_error.h"
#include "store/key_space.h"

namespace ddblog::app {

namespace {

// One call of an operation, as if it had come over the wire. Throws ApiError.
json::object call(const api::JsonService& service, const std::string& operation, const json::object& body) {
  const api::Handler* handler = service.find(operation);
  if (!handler) throw DeclarationError("the operation " + operation + " is not served");
  std::promise<api::Outcome> promise;
  api::Request request;
  request.operation = operation;
  request.body = json::serialize(body);
  (*handler)(std::move(request), [&promise](api::Outcome outcome) { promise.set_value(std::move(outcome)); });
  api::Outcome outcome = promise.get_future().get();
  if (outcome.refused) std::rethrow_exception(outcome.refused);
  return outcome.answer.body.empty() ? json::object{} : parseJson(outcome.answer.body).as_object();
}

// The same; a refusal becomes a line that names the resource. A refusal of the type `fine` is none: false.
bool declare(const api::JsonService& service, const std::string& operation, const json::object& body,
             std::string_view what, std::string_view fine = {}) {
  try {
    call(service, operation, body);
    return true;
  } catch (const ApiError& e) {
    if (e.type() == fine) return false;
    throw DeclarationError(std::string(what) + ": " + e.type() + ": " + e.message());
  }
}

std::string textOf(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(json::string_view(name.data(), name.size()));
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

// A table that was there: its keys must be what is declared; its stream is turned on if it is declared and off.
void reconcile(const api::JsonService& dynamodb, const json::object& declared, const std::string& name) {
  const json::object table = call(dynamodb, "DescribeTable", {{"TableName", name}}).at("Table").as_object();
  if (table.at("KeySchema") != declared.at("KeySchema")) {
    throw DeclarationError("the table " + name +
                           " exists with another key schema: use another --data directory, or `dynamodb-log clean`");
  }
  const json::value* stream = declared.if_contains("StreamSpecification");
  if (stream && !table.contains("StreamSpecification")) {
    declare(dynamodb, "UpdateTable", {{"TableName", name}, {"StreamSpecification", *stream}}, "table " + name);
  }
}

void declareTimeToLive(const api::JsonService& dynamodb, const json::object& update, const std::string& name) {
  const json::object description =
      call(dynamodb, "DescribeTimeToLive", {{"TableName", name}}).at("TimeToLiveDescription").as_object();
  const json::value* wanted = update.at("TimeToLiveSpecification").as_object().if_contains("Enabled");
  const bool enabled = textOf(description, "TimeToLiveStatus") == "ENABLED";
  if (wanted && wanted->is_bool() && wanted->get_bool() == enabled) return;
  declare(dynamodb, "UpdateTimeToLive", update, "table " + name);
}

// A rule's place in what the last template declared.
std::string declaredKey(const std::string& bus, const std::string& rule) {
  return KeyBuilder(KeySpace::kApplication).text(bus).text(rule).str();
}

std::string busOf(const json::object& request) {
  const std::string bus = textOf(request, "EventBusName");
  return bus.empty() ? "default" : bus;
}

// Removes the targets of a rule that `kept` does not name.
void removeTargets(const api::JsonService& eventbridge, const std::string& bus, const std::string& rule,
                   const std::set<std::string>& kept) {
  const json::object request{{"Rule", rule}, {"EventBusName", bus}};
  json::array ids;
  const json::object answer = call(eventbridge, "ListTargetsByRule", request);
  for (const json::value& target : answer.at("Targets").as_array()) {
    const std::string id = textOf(target.as_object(), "Id");
    if (!kept.contains(id)) ids.emplace_back(id);
  }
  if (ids.empty()) return;
  declare(eventbridge, "RemoveTargets", {{"Rule", rule}, {"EventBusName", bus}, {"Ids", std::move(ids)}},
          "rule " + rule);
}

void removeRule(const api::JsonService& eventbridge, const std::string& bus, const std::string& rule) {
  try {
    removeTargets(eventbridge, bus, rule, {});
    call(eventbridge, "DeleteRule", {{"Name", rule}, {"EventBusName", bus}});
  } catch (const ApiError& e) {
    if (e.type() != "ResourceNotFoundException") throw DeclarationError("rule " + rule + ": " + e.message());
  }
}

// Deletes the rules that an earlier template declared and this one does not, and remembers those of this one.
void takeBackRules(const api::JsonService& eventbridge, Store& store, const std::set<std::string>& declared) {
  const std::string space = KeyBuilder(KeySpace::kApplication).str();
  std::set<std::string> old;
  auto snapshot = store.snapshot();
  for (auto cursor = snapshot->cursor(space, endOfPrefix(space)); cursor->valid(); cursor->next()) {
    old.emplace(cursor->key());
  }
  if (old == declared) return;
  for (const std::string& key : old) {
    if (declared.contains(key)) continue;
    KeyParser parser(key);
    const std::string bus = parser.text();
    removeRule(eventbridge, bus, parser.text());
  }
  store.writeAndWait([&](Transaction& transaction) {
    for (const std::string& key : old) transaction.erase(key);
    for (const std::string& key : declared) transaction.put(key, "");
  });
}

}  // namespace

void declareTables(const App& app, const api::JsonService& dynamodb) {
  for (const App::Table& table : app.tables) {
    const std::string name = textOf(table.create_table, "TableName");
    if (!declare(dynamodb, "CreateTable", table.create_table, "table " + name, "ResourceInUseException")) {
      reconcile(dynamodb, table.create_table, name);
    }
    if (table.update_time_to_live) declareTimeToLive(dynamodb, *table.update_time_to_live, name);
  }
}

void declareBus(const App& app, const api::JsonService& eventbridge, Store& store) {
  for (const json::object& bus : app.event_buses) {
    declare(eventbridge, "CreateEventBus", bus, "bus " + textOf(bus, "Name"), "ResourceAlreadyExistsException");
  }
  std::set<std::string> declared;
  for (const App::Rule& rule : app.rules) {
    const std::string name = textOf(rule.put_rule, "Name");
    declare(eventbridge, "PutRule", rule.put_rule, "rule " + name);
    declared.insert(declaredKey(busOf(rule.put_rule), name));
    std::set<std::string> ids;
    const json::value* targets = rule.put_targets.if_contains("Targets");
    if (targets && targets->is_array()) {
      for (const json::value& target : targets->get_array()) {
        if (target.is_object()) ids.insert(textOf(target.get_object(), "Id"));
      }
      if (!ids.empty()) declare(eventbridge, "PutTargets", rule.put_targets, "the targets of rule " + name);
    }
    removeTargets(eventbridge, busOf(rule.put_rule), name, ids);
  }
  takeBackRules(eventbridge, store, declared);
}

}  // namespace ddblog::app
