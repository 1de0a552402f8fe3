#include "model/table.h"

#include <algorithm>

namespace ddblog::model {

namespace {

bool canBeKey(const Value& value, Type type) {
  return value.type == type && (type == Type::kNumber || !value.text.empty());
}

// Whether the texts and binaries of the attributes, as far as the item has them, are short enough for a key.
bool isShortEnough(const std::vector<KeyPart>& parts, const Item& item, std::size_t limit) {
  std::size_t bytes = 0;
  for (const KeyPart& part : parts) {
    const auto found = item.find(part.name);
    if (found != item.end()) bytes += found->second.text.size();
  }
  return bytes <= limit;
}

bool isShortEnough(const Index& index, const Item& item) {
  return isShortEnough(index.hash, item, 2048) && isShortEnough(index.range, item, 1024);
}

std::vector<KeyPart> partsOf(const Index& index) {
  std::vector<KeyPart> parts = index.hash;
  parts.insert(parts.end(), index.range.begin(), index.range.end());
  return parts;
}

void appendKey(std::string& id, const Value& value) {
  const std::string text = value.type == Type::kNumber ? value.number.toString(2) : value.text;
  id += std::string(nameOf(value.type)) + std::to_string(text.size()) + ":" + text;
}

std::string keySchemaJson(const std::vector<KeyPart>& hash, const std::vector<KeyPart>& range) {
  std::string text;
  for (const KeyPart& part : hash) text += R"(,{"KeyType":"HASH","AttributeName":")" + part.name + "\"}";
  for (const KeyPart& part : range) text += R"(,{"KeyType":"RANGE","AttributeName":")" + part.name + "\"}";
  return "\"KeySchema\":[" + text.substr(1) + "]";
}

}  // namespace

std::string Table::idOf(const Item& item) const {
  std::string id;
  appendKey(id, item.at(hash.name));
  if (range) appendKey(id, item.at(range->name));
  return id;
}

Item Table::keyOf(const Item& item) const {
  Item key{{hash.name, item.at(hash.name)}};
  if (range) key.emplace(range->name, item.at(range->name));
  return key;
}

const Item* Table::get(const std::string& id) const {
  const auto found = items.find(id);
  return found == items.end() ? nullptr : &found->second;
}

void Table::write(const std::string& id, std::optional<Item> after, bool by_service) {
  const auto found = items.find(id);
  std::optional<Item> before;
  if (found != items.end()) before = found->second;
  if (before == after) return;
  if (after) {
    items.insert_or_assign(id, *after);
  } else {
    items.erase(found);
  }
  if (stream) stream->pending[id].push_back({std::move(before), std::move(after), by_service});
}

const Index* Table::findIndex(const std::string& index_name) const {
  for (const Index& index : indexes) {
    if (index.name == index_name) return &index;
  }
  return nullptr;
}

bool Table::fits(const Index& index, const Item& item) {
  for (const KeyPart& part : partsOf(index)) {
    const auto found = item.find(part.name);
    if (found == item.end() || !canBeKey(found->second, part.type)) return false;
  }
  return isShortEnough(index, item);
}

bool Table::violatesIndexes(const Item& item) const {
  for (const Index& index : indexes) {
    for (const KeyPart& part : partsOf(index)) {
      const auto found = item.find(part.name);
      if (found != item.end() && !canBeKey(found->second, part.type)) return true;
    }
    if (!isShortEnough(index, item)) return true;
  }
  return false;
}

bool Table::hasEmptyIndexKey(const Item& item) const {
  for (const Index& index : indexes) {
    for (const KeyPart& part : partsOf(index)) {
      const auto found = item.find(part.name);
      if (found == item.end() || found->second.type != part.type) continue;
      if (part.type != Type::kNumber && found->second.text.empty()) return true;
    }
  }
  return false;
}

bool Table::isIndexKey(const std::string& attribute, std::optional<Type> and_not_of) const {
  for (const Index& index : indexes) {
    for (const KeyPart& part : partsOf(index)) {
      if (part.name == attribute && part.type != and_not_of) return true;
    }
  }
  return false;
}

Item Table::shown(const Index* index, const Item& item) const {
  Item shown = item;
  std::erase_if(shown, [&](const auto& attribute) { return !shows(index, attribute.first); });
  return shown;
}

bool Table::shows(const Index* index, const std::string& attribute) const {
  if (!index || index->projection == Index::Projection::kAll) return true;
  for (const KeyPart& part : pageKey(index)) {
    if (part.name == attribute) return true;
  }
  return index->projection == Index::Projection::kInclude &&
         std::find(index->included.begin(), index->included.end(), attribute) != index->included.end();
}

std::vector<KeyPart> Table::pageKey(const Index* index) const {
  std::vector<KeyPart> parts = index ? partsOf(*index) : std::vector<KeyPart>();
  const auto add = [&](const KeyPart& part) {
    const auto is_it = [&](const KeyPart& other) { return other.name == part.name; };
    if (std::none_of(parts.begin(), parts.end(), is_it)) parts.push_back(part);
  };
  add(hash);
  if (range) add(*range);
  return parts;
}

std::string indexJson(const Index& index) {
  std::string text = R"({"IndexName":")" + index.name + "\"," + keySchemaJson(index.hash, index.range);
  text += R"(,"Projection":{"ProjectionType":)";
  if (index.projection == Index::Projection::kAll) text += "\"ALL\"";
  if (index.projection == Index::Projection::kKeysOnly) text += "\"KEYS_ONLY\"";
  if (index.projection == Index::Projection::kInclude) {
    std::string names;
    for (const std::string& name : index.included) names += ",\"" + name + "\"";
    text += R"("INCLUDE","NonKeyAttributes":[)" + names.substr(1) + "]";
  }
  return text + "}}";
}

std::string definitionsJson(const Table& table, const Index* more) {
  std::map<std::string, Type> definitions{{table.hash.name, table.hash.type}};
  if (table.range) definitions.emplace(table.range->name, table.range->type);
  const auto add = [&](const Index& index) {
    for (const KeyPart& part : partsOf(index)) definitions.emplace(part.name, part.type);
  };
  for (const Index& index : table.indexes) add(index);
  if (more) add(*more);
  std::string text;
  for (const auto& [name, type] : definitions) {
    text += R"(,{"AttributeName":")" + name + R"(","AttributeType":")" + std::string(nameOf(type)) + "\"}";
  }
  return "[" + text.substr(1) + "]";
}

std::string createTableJson(const Table& table) {
  std::string text = R"({"TableName":")" + table.name + R"(","BillingMode":"PAY_PER_REQUEST",)";
  text += keySchemaJson({table.hash}, table.range ? std::vector<KeyPart>{*table.range} : std::vector<KeyPart>());
  text += ",\"AttributeDefinitions\":" + definitionsJson(table);
  for (const bool global : {true, false}) {
    std::string indexes;
    for (const Index& index : table.indexes) {
      if (index.is_global == global) indexes += "," + indexJson(index);
    }
    if (indexes.empty()) continue;
    text += std::string(",\"") + (global ? "Global" : "Local") + "SecondaryIndexes\":[" + indexes.substr(1) + "]";
  }
  if (table.stream) {
    text += R"(,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":")" + table.stream->view + "\"}";
  }
  return text + "}";
}

}  // namespace ddblog::model
