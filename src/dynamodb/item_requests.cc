#include "dynamodb/item_requests.h"

#include <algorithm>
#include <set>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "item/stored_item.h"
#include "item/wire_json.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::size_t kArnLength = 1024;  // the model's TableArn

std::string join(const std::vector<std::string_view>& words, std::string_view between) {
  std::string text;
  for (std::string_view word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

}  // namespace

std::string readItemTableName(api::ObjectReader& fields) {
  const json::value* given = fields.value("TableName");
  if (given && given->is_string() && given->get_string().starts_with("arn:")) {
    return *fields.string("TableName", {.max = kArnLength});
  }
  const api::StringRule name{.required = true, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+"};
  return fields.string("TableName", name).value_or("");
}

void checkTableNames(api::ObjectReader& fields) {
  const json::object* tables = fields.jsonObject("RequestItems");
  if (!tables) return;
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  };
  const auto fits = [&](const json::key_value_pair& member) {
    const std::string_view name(member.key().data(), member.key().size());
    if (name.starts_with("arn:")) return name.size() <= kArnLength;
    return name.size() >= 3 && name.size() <= 255 && std::all_of(name.begin(), name.end(), is_letter);
  };
  if (std::all_of(tables->begin(), tables->end(), fits)) return;
  fields.refuse(
      "RequestItems", json::serialize(*tables),
      "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have "
      "length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]");
}

CapacityReport readCapacityReport(api::ObjectReader& fields) {
  const auto text = fields.string("ReturnConsumedCapacity", {.one_of = {"INDEXES", "TOTAL", "NONE"}});
  if (text == "INDEXES") return CapacityReport::kIndexes;
  return text == "TOTAL" ? CapacityReport::kTotal : CapacityReport::kNone;
}

bool readMetricsWanted(api::ObjectReader& fields) {
  return fields.string("ReturnItemCollectionMetrics", {.one_of = {"SIZE", "NONE"}}) == "SIZE";
}

bool readReturnsItemOnFailure(api::ObjectReader& fields) {
  return fields.string("ReturnValuesOnConditionCheckFailure", {.one_of = {"ALL_OLD", "NONE"}}) == "ALL_OLD";
}

std::string readReturnValues(api::ObjectReader& fields) {
  return fields.string("ReturnValues", {.one_of = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"}})
      .value_or("NONE");
}

std::vector<std::string> readAttributesToGet(api::ObjectReader& fields) {
  return fields.strings("AttributesToGet", {.min = 1, .max = 255}, {.max = 65'535})
      .value_or(std::vector<std::string>());
}

void refuseDuplicateAttributes(const std::vector<std::string>& attributes_to_get) {
  std::set<std::string> seen;
  for (const std::string& name : attributes_to_get) {
    if (!seen.insert(name).second) {
      throw validationError("One or more parameter values were invalid: Duplicate value in attribute name: " + name);
    }
  }
}

HeldItem holdItem(api::ObjectReader& fields, std::string_view name, bool required) {
  const json::object* wire = fields.jsonObject(name, required, java::kAttributeValue);
  return wire ? holdItem(*wire) : HeldItem();
}

HeldItem holdItem(const json::object& wire) {
  return HeldItem([&] { return readItem(wire); });
}

HeldValue holdValue(const json::value& wire) {
  return HeldValue([&] { return readAttributeValue(wire); });
}

ExpressionParameters::ExpressionParameters(api::ObjectReader& fields, Names expressions, Names legacy)
    : expressions_(std::move(expressions)),
      names_(fields.jsonObject("ExpressionAttributeNames", false, java::kString)),
      values_(anyThatTakesValues() ? fields.jsonObject("ExpressionAttributeValues", false, java::kAttributeValue)
                                   : nullptr) {
  if (names_) fields.stringMap("ExpressionAttributeNames");
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

void ExpressionParameters::checkTogether() const {
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
    // KeyConditions may stand beside a filter or projection expression.
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
    throw validationError("ExpressionAttributeValues can only be specified when using expressions: " +
                          join(that_take_values, " and ") + (that_take_values.size() > 1 ? " are" : " is") + " null");
  }
}

void ExpressionParameters::readSubstitutions() {
  if (names_ || values_) substitutions_ = Substitutions(names_, values_, {});
}

const std::string* ExpressionParameters::text(std::string_view expression) const {
  auto found = texts_.find(expression);
  return found == texts_.end() ? nullptr : &found->second;
}

std::optional<Update> ExpressionParameters::update() {
  const std::string* given = text("UpdateExpression");
  if (!given) return std::nullopt;
  return parseUpdate(*given, substitutions_);
}

std::optional<Condition> ExpressionParameters::condition() {
  const std::string* given = text("ConditionExpression");
  if (!given) return std::nullopt;
  return parseCondition(*given, ExpressionKind::kCondition, substitutions_);
}

std::optional<std::vector<KeyComparison>> ExpressionParameters::keyCondition() {
  const std::string* given = text("KeyConditionExpression");
  if (!given) return std::nullopt;
  return parseKeyCondition(*given, substitutions_);
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

WriteParameters::WriteParameters(api::ObjectReader& fields, std::string_view item_field)
    : capacity(readCapacityReport(fields)),
      table_name(readItemTableName(fields)),
      item(holdItem(fields, item_field)),
      return_values(readReturnValues(fields)),
      metrics(readMetricsWanted(fields)),
      returns_item_on_failure(readReturnsItemOnFailure(fields)) {}

std::string writeAnswer(const WriteParameters& parameters, const Table& table, const ItemWrite& write,
                        const ItemChange& change, const std::string& attributes) {
  std::string body;
  JsonWriter json(body);
  json.beginObject();
  if (!attributes.empty()) json.key("Attributes").raw(attributes);
  if (parameters.capacity != CapacityReport::kNone) {
    json.key("ConsumedCapacity");
    change.capacity.write(json, parameters.table_name, parameters.capacity);
  }
  if (parameters.metrics && hasItemCollections(table)) {
    json.key("ItemCollectionMetrics");
    writeItemCollectionMetrics(json, table, write.item);
  }
  json.endObject();
  return body;
}

std::string storedItemJson(std::string_view stored) {
  std::string text;
  JsonWriter json(text);
  writeStoredItem(json, stored);
  return text;
}

std::string itemJson(const Item& item) {
  std::string text;
  JsonWriter json(text);
  writeItem(json, item);
  return text;
}

}  // namespace ddblog::dynamodb
