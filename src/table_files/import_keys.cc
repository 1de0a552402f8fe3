#include "table_files/import_keys.h"

#include <map>
#include <stdexcept>

#include "base/json_fields.h"
#include "item/wire_json.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/items/item_writes.h"

namespace ddblog::table_files {
namespace {

using dynamodb::KeyAttribute;
using dynamodb::KeySchema;
using Types = std::map<std::string, AttributeValue::Type, std::less<>>;

std::vector<json::object> objectsIn(const json::object& object, std::string_view name) {
  std::vector<json::object> found;
  const json::value* elements = memberOf(object, name);
  if (!elements || elements->is_null()) return found;
  if (!elements->is_array()) throw std::invalid_argument(std::string(name) + " must be a list");
  for (const json::value& element : elements->get_array()) {
    if (!element.is_object()) throw std::invalid_argument("an element of " + std::string(name) + " must be an object");
    found.push_back(element.get_object());
  }
  return found;
}

Types typesOf(const json::object& description) {
  const std::map<std::string, AttributeValue::Type> known = {
      {"S", AttributeValue::Type::kString}, {"N", AttributeValue::Type::kNumber}, {"B", AttributeValue::Type::kBinary}};
  Types types;
  for (const json::object& definition : objectsIn(description, "AttributeDefinitions")) {
    const auto type = known.find(textOf(definition, "AttributeType"));
    if (type == known.end()) throw std::invalid_argument("an attribute is defined with a type that is not S, N or B");
    types[textOf(definition, "AttributeName")] = type->second;
  }
  return types;
}

KeySchema keyOf(const json::object& owner, const Types& types) {
  KeySchema key;
  for (const json::object& element : objectsIn(owner, "KeySchema")) {
    const std::string name = textOf(element, "AttributeName");
    const auto type = types.find(name);
    if (type == types.end()) throw std::invalid_argument("the key attribute \"" + name + "\" is not defined");
    (textOf(element, "KeyType") == "HASH" ? key.hash : key.range).push_back({name, type->second});
  }
  if (key.hash.empty()) throw std::invalid_argument("a KeySchema has no HASH attribute");
  return key;
}

}  // namespace

ImportKeys::ImportKeys(const json::object& description) {
  const Types types = typesOf(description);
  table_.key = keyOf(description, types);
  for (const std::string_view kind : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    for (const json::object& described : objectsIn(description, kind)) {
      dynamodb::Index index;
      index.name = textOf(described, "IndexName");
      index.global = kind.starts_with("Global");
      index.key = keyOf(described, types);
      table_.indexes.push_back(std::move(index));
    }
  }
}

void ImportKeys::checkItem(const Item& item) const {
  dynamodb::checkItem(table_, item);
  dynamodb::checkItemSize(item);
}

void ImportKeys::checkKey(const Item& key) const { dynamodb::checkKey(table_, key); }

std::string_view ImportKeys::keyType(std::string_view attribute) const {
  const auto typeIn = [attribute](const KeySchema& key) -> std::string_view {
    for (const auto* part : {&key.hash, &key.range}) {
      for (const KeyAttribute& one : *part) {
        if (one.name == attribute) return typeName(one.type);
      }
    }
    return "";
  };
  std::string_view type = typeIn(table_.key);
  for (const dynamodb::Index& index : table_.indexes) {
    if (type.empty()) type = typeIn(index.key);
  }
  return type.empty() ? "S" : type;
}

std::string ImportKeys::identityOf(const json::object& item) const {
  json::object wire;
  for (const auto* part : {&table_.key.hash, &table_.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      if (const json::value* value = memberOf(item, attribute.name)) wire[attribute.name] = *value;
    }
  }
  const Item key = readItem(wire);
  checkKey(key);
  return dynamodb::itemKey(table_, key);
}

}  // namespace ddblog::table_files
