#include "services/dynamodb/items/item_requests.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "item/stored_item.h"
#include "item/wire_json.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/core/table_name.h"
#include "services/dynamodb/items/legacy_conditions.h"

namespace ddblog::dynamodb {
namespace {

std::string join(const std::vector<std::string_view>& words, std::string_view between) {
  std::string text;
  for (std::string_view word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

// Programs send the same few conditions with every write. A condition without names and values
// means the same in every request, so it is parsed once.
constexpr std::size_t kRememberedText = 128;  // bytes of a condition
constexpr std::size_t kRemembered = 64;       // conditions of a thread
Condition parsedBefore(const std::string& text) {
  thread_local std::map<std::string, Condition, std::less<>> parsed;
  const auto known = parsed.find(text);
  if (known != parsed.end()) return known->second;
  Substitutions none;
  Condition condition = parseCondition(text, ExpressionKind::kCondition, none);
  if (parsed.size() >= kRemembered) parsed.clear();
  parsed.emplace(text, condition);
  return condition;
}

constexpr std::string_view kEnvelope = "1 validation error detected: ";

// Two members of UpdateItem are rejected without this prefix.
template <class Check>
void refuseBare(Check check) {
  try {
    check();
  } catch (const ApiError& error) {
    std::string words = error.message();
    if (words.starts_with(kEnvelope)) words.erase(0, kEnvelope.size());
    throw validationError(std::move(words));
  }
}

}  // namespace

bool haveTableNames(const json::object& request_items) {
  return std::all_of(request_items.begin(), request_items.end(), [](const json::key_value_pair& member) {
    return MemberChecks::isTableName({member.key().data(), member.key().size()});
  });
}

void refuseTableNames(rpc::ObjectReader& fields) {
  fields.refuse(
      "RequestItems", json::serialize(*fields.jsonObject("RequestItems")),
      "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have "
      "length greater than or equal to 3, Member must satisfy regular expression pattern: " +
          std::string(kNamePattern) + "]");
}

CapacityReport capacityReport(const OptionalString& given) {
  if (given == "INDEXES") return CapacityReport::kIndexes;
  return given == "TOTAL" ? CapacityReport::kTotal : CapacityReport::kNone;
}

CapacityReport readCapacityReport(rpc::ObjectReader& fields) {
  return capacityReport(fields.string("ReturnConsumedCapacity", {.one_of = {"INDEXES", "TOTAL", "NONE"}}));
}

bool readMetricsWanted(rpc::ObjectReader& fields) {
  return fields.string("ReturnItemCollectionMetrics", {.one_of = {"SIZE", "NONE"}}) == "SIZE";
}

bool readReturnsItemOnFailure(rpc::ObjectReader& fields) {
  return fields.string("ReturnValuesOnConditionCheckFailure", {.one_of = {"ALL_OLD", "NONE"}}) == "ALL_OLD";
}

std::vector<std::string> readAttributesToGet(rpc::ObjectReader& fields) {
  return fields.strings("AttributesToGet", {.min = 1, .max = 255}, {.max = limits::kAttributeNameBytes})
      .value_or(std::vector<std::string>());
}

void refuseDuplicateAttributes(const std::vector<std::string>& attributes_to_get) {
  std::set<std::string> seen;
  for (const std::string& name : attributes_to_get) {
    if (name.empty()) throw validationError("Empty attribute name");
    if (!seen.insert(name).second) {
      throw invalidParameters("Duplicate value in attribute name: " + name);
    }
  }
}

DeferredItem deferItem(rpc::ObjectReader& fields, std::string_view name, MessageStyle style, bool required) {
  const json::object* wire = fields.jsonObject(name, required, java::kAttributeValue);
  return wire ? deferItem(*wire, style) : DeferredItem();
}

DeferredItem deferItem(const json::object& wire, MessageStyle style) {
  return DeferredItem([&] { return readItem(wire, style); });
}

DeferredValue deferValue(const json::value& wire, MessageStyle style) {
  return DeferredValue([&] { return readAttributeValue(wire, style); });
}

ExpressionParameters::ExpressionParameters(rpc::ObjectReader& fields, Names expressions, Names legacy,
                                           const Substitutions::Use& use)
    : expressions_(std::move(expressions)),
      names_(fields.jsonObject("ExpressionAttributeNames", false, java::kString)),
      values_(anyThatTakesValues() ? fields.jsonObject("ExpressionAttributeValues", false, java::kAttributeValue)
                                   : nullptr) {
  if (names_) fields.stringMap("ExpressionAttributeNames");
  if (names_ || values_)
    held_substitutions_ = Deferred<Substitutions>([&] { return Substitutions(names_, values_, use); });
  for (std::string_view name : expressions_) {
    if (auto text = fields.string(name)) texts_.emplace(name, std::move(*text));
  }
  for (std::string_view name : legacy) {
    if (fields.has(name)) legacy_given_.push_back(name);
  }
}

bool ExpressionParameters::anyThatTakesValues() const {
  return std::any_of(expressions_.begin(), expressions_.end(),
                     [](std::string_view name) { return name != "ProjectionExpression"; });
}

void ExpressionParameters::checkTogether(bool names_missing) const {
  Names given;
  Names that_take_values;
  bool values_taken = false;
  for (std::string_view name : expressions_) {
    if (has(name)) given.push_back(name);
    if (name == "ProjectionExpression") continue;
    that_take_values.push_back(name);
    values_taken = values_taken || has(name);
  }
  if (!given.empty()) {
    Names mixed = legacy_given_;
    // KeyConditions may appear beside a filter or projection expression.
    if (!has("KeyConditionExpression")) std::erase(mixed, "KeyConditions");
    if (!mixed.empty()) {
      throw validationError(
          "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
          "{" +
          join(mixed, ", ") + "} Expression parameters: {" + join(given, ", ") + "}");
    }
  }
  if (names_ && given.empty()) {
    throw validationError("ExpressionAttributeNames can only be specified when using expressions");
  }
  if (values_ && !values_taken) {
    std::string words = "ExpressionAttributeValues can only be specified when using expressions";
    const char* before = ": ";
    for (const std::string_view name : that_take_values) {
      if (!names_missing) break;
      words.append(before).append(name).append(" is null");
      before = " and ";
    }
    throw validationError(std::move(words));
  }
}

void ExpressionParameters::readSubstitutions() {
  if (names_ || values_) substitutions_ = held_substitutions_.take();
}

const std::string* ExpressionParameters::text(std::string_view expression) const {
  auto found = texts_.find(expression);
  return found == texts_.end() ? nullptr : &found->second;
}

void ExpressionParameters::refuseEmptyCondition() const {
  const std::string* given = text("ConditionExpression");
  if (given && given->empty()) throw validationError("Invalid ConditionExpression: The expression can not be empty;");
}

std::optional<Update> ExpressionParameters::update() {
  const std::string* given = text("UpdateExpression");
  if (!given) return std::nullopt;
  return parseUpdate(*given, substitutions_);
}

std::optional<Condition> ExpressionParameters::condition() {
  const std::string* given = text("ConditionExpression");
  if (!given) return std::nullopt;
  if (names_ || values_ || given->size() > kRememberedText) {
    return parseCondition(*given, ExpressionKind::kCondition, substitutions_);
  }
  return parsedBefore(*given);
}

std::optional<Condition> ExpressionParameters::keyCondition() {
  const std::string* given = text("KeyConditionExpression");
  if (!given) return std::nullopt;
  return parseCondition(*given, ExpressionKind::kKeyCondition, substitutions_);
}

std::optional<Condition> ExpressionParameters::filter() {
  const std::string* given = text("FilterExpression");
  if (!given) return std::nullopt;
  return parseCondition(*given, ExpressionKind::kFilter, substitutions_);
}

std::optional<Projection> ExpressionParameters::projection() {
  const std::string* given = text("ProjectionExpression");
  if (!given) return std::nullopt;
  return parseProjection(*given, substitutions_);
}

void ExpressionParameters::refuseUnused() const { substitutions_.refuseUnused(); }

WriteParameters::WriteParameters(rpc::ObjectReader& fields, std::string_view item_field)
    : table(fields.string("TableName")),
      has_item(fields.has(item_field)),
      item(deferItem(fields, item_field, MessageStyle::kCurrent, false)),
      capacity(fields.string("ReturnConsumedCapacity")),
      return_values(fields.string("ReturnValues")),
      metrics(fields.string("ReturnItemCollectionMetrics")),
      on_failure(fields.string("ReturnValuesOnConditionCheckFailure")) {}

void WriteParameters::checkPut(MemberChecks& checks) const {
  checks.emptyTableName(table);
  checks.finish();
  checks.tableName(table);
  checks.present(has_item, "item");
  checks.capacity(capacity);
  checks.returnValues(return_values);
  checks.metrics(metrics);
  checks.onFailure(on_failure);
}

void WriteParameters::checkDelete(MemberChecks& checks) const {
  checks.emptyTableName(table);
  checks.finish();
  checks.tableName(table);
  checks.present(has_item, "key");
  checks.capacity(capacity);
  checks.returnValues(return_values);
  checks.metrics(metrics);
  checks.onFailure(on_failure);
  const bool known = return_values == "ALL_NEW" || return_values == "UPDATED_OLD" || return_values == "UPDATED_NEW";
  if (has_item && known) checks.broken("ReturnValues can only be ALL_OLD or NONE");
}

// Without a key, the legacy validation applies: it reports all broken constraints at once and
// allows table names of up to 1,024 arbitrary characters. With a key, the current validation
// applies, which stops at the first one.
void WriteParameters::checkUpdate(MemberChecks& checks, const LegacyConditions& expected) const {
  checks.emptyTableName(table);
  checks.finish();
  if (!has_item) {
    checks.capacity(capacity);
    checks.present(table.has_value(), "tableName");
    checks.returnValuesLegacy(return_values);
    checks.onFailure(on_failure);
    checks.metrics(metrics);
    checks.present(false, "key");
    expected.checkJoin(checks);
    checks.finish();
  }
  checks.wholeTableName(table);
  if (!table) checks.returnValuesLegacy(return_values);
  checks.finish();
  checks.returnValues(return_values);
  checks.finish();
  refuseBare([&] {
    checks.onFailure(on_failure);
    checks.finish();
  });
  checks.metrics(metrics);
  checks.finish();
  refuseBare([&] {
    checks.capacity(capacity);
    checks.finish();
  });
}

std::string writeAnswer(const WriteParameters& parameters, const Table& table, const ItemWrite& write,
                        const ItemChange& change, const std::string& attributes) {
  std::string body;
  JsonWriter json(body);
  json.beginObject();
  if (!attributes.empty()) json.key("Attributes").raw(attributes);
  if (parameters.report() != CapacityReport::kNone) {
    json.key("ConsumedCapacity");
    change.capacity.write(json, parameters.tableName(), parameters.report());
  }
  if (parameters.wantsMetrics() && hasItemCollections(table)) {
    json.key("ItemCollectionMetrics");
    writeItemCollectionMetrics(json, table, write.item);
  }
  json.endObject();
  return body;
}

}  // namespace ddblog::dynamodb
