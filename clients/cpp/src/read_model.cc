#include "ddblog/read_model.h"

#include <utility>

#include "aws/json_response.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "clients/cpp/src/event_item.h"
#include "clients/cpp/src/payload_json.h"
#include "ddblog/errors.h"

namespace ddblog {

std::optional<std::string> ReadModel::member(const std::string& attribute, std::string_view type) const {
  const auto found = attributes_.find(attribute);
  if (found == attributes_.end()) return std::nullopt;
  const json::value value = parseJson(found->second);
  const json::value* text = value.as_object().if_contains(type);
  if (!text) return std::nullopt;
  return std::string(text->as_string());
}

std::optional<std::string> ReadModel::string(const std::string& attribute) const { return member(attribute, "S"); }

std::optional<std::string> ReadModel::number(const std::string& attribute) const { return member(attribute, "N"); }

std::optional<std::string> ReadModel::json(const std::string& attribute) const {
  const auto found = attributes_.find(attribute);
  if (found == attributes_.end()) return std::nullopt;
  return jsonFromAttribute(parseJson(found->second));
}

void ReadModel::setString(const std::string& attribute, std::string_view value) {
  change(attribute);
  attributes_[attribute] = stringAttribute(value);
}

void ReadModel::setNumber(const std::string& attribute, std::string_view number) {
  if (!isJsonNumber(number)) throw std::invalid_argument("\"" + std::string(number) + "\" is not a number");
  setJson(attribute, number);
}

void ReadModel::setBool(const std::string& attribute, bool value) { setJson(attribute, value ? "true" : "false"); }

void ReadModel::setJson(const std::string& attribute, std::string_view json) {
  change(attribute);
  attributes_[attribute] = attributeFromJson(json);
}

void ReadModel::remove(const std::string& attribute) {
  change(attribute);
  attributes_.erase(attribute);
}

void ReadModel::change(const std::string& attribute) {
  if (attribute == "pk" || attribute == "sk" || (is_main_ && attribute == "version")) {
    throw InvalidArgument("a read model's " + attribute + " is the projector's own", "readModel");
  }
  changed_.insert(attribute);
}

ReadModel* ReadModelItems::get(const std::string& pk, const std::string& sk) {
  Item& item = touch(pk, sk);
  return item.model ? &*item.model : nullptr;
}

ReadModel& ReadModelItems::upsert(const std::string& pk, const std::string& sk) {
  Item& item = touch(pk, sk);
  if (!item.model) {
    item.model.emplace().is_main_ = false;
    item.is_replaced = true;
  }
  return *item.model;
}

void ReadModelItems::remove(const std::string& pk, const std::string& sk) { touch(pk, sk).model.reset(); }

ReadModelItems::Item& ReadModelItems::touch(const std::string& pk, const std::string& sk) {
  const Key key(pk, sk);
  auto found = items_.find(key);
  if (found == items_.end()) {
    is_full_ = is_full_ || items_.size() + 1 >= limits::kTransactActions;
    if (is_full_) throw tooMany();
    found = items_.emplace(key, load(key)).first;
  }
  before_event_.try_emplace(key, found->second);
  return found->second;
}

void ReadModelItems::undoEvent() {
  for (auto& [key, item] : before_event_) items_[key] = std::move(item);
  before_event_.clear();
}

std::string ReadModelItems::keyAttributes(const Key& key) const {
  return "\"pk\":" + stringAttribute(*prefix_ + key.first) + ",\"sk\":" + stringAttribute(key.second);
}

ReadModelItems::Item ReadModelItems::load(const Key& key) const {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("TableName").value(*table_).key("ConsistentRead").value(true);
  json.key("Key").raw("{" + keyAttributes(key) + "}").endObject();
  const json::object response = aws::parseResponse(transport_->call(Api::kDynamoDb, "GetItem", request));
  Item item;
  const json::value* found = response.if_contains("Item");
  if (!found || !found->is_object()) return item;
  item.existed = true;
  item.model.emplace().is_main_ = false;
  for (const auto& [name, value] : found->get_object()) {
    if (name != "pk" && name != "sk") item.model->attributes_[name] = json::serialize(value);
  }
  return item;
}

std::string ReadModelItems::actions() const {
  std::string text;
  for (const auto& [key, item] : items_) {
    std::string action;
    JsonWriter json(action);
    if (item.model && (item.is_replaced || !item.model->changed_.empty())) {
      std::string attributes = "{" + keyAttributes(key);
      for (const auto& [name, value] : item.model->attributes_) {
        attributes += ',';
        appendJsonString(attributes, name);
        attributes += ':' + value;
      }
      json.beginObject().key("Put").beginObject().key("TableName").value(*table_);
      json.key("Item").raw(attributes + "}").endObject().endObject();
    } else if (!item.model && item.existed) {
      json.beginObject().key("Delete").beginObject().key("TableName").value(*table_);
      json.key("Key").raw("{" + keyAttributes(key) + "}").endObject().endObject();
    }
    if (!action.empty()) text += ',' + action;
  }
  return text;
}

}  // namespace ddblog
