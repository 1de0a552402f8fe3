#include "expression/path.h"

namespace ddblog {

namespace {

// For const and mutable items.
template <class Map, class Value>
Value* walk(Map& item, const DocumentPath& path) {
  const auto attribute = item.find(path.attribute);
  if (attribute == item.end()) return nullptr;
  Value* value = &attribute->second;
  for (const PathStep& step : path.steps) {
    if (const std::string* name = std::get_if<std::string>(&step)) {
      auto* map = value->template getIf<AttributeValue::Map>();
      if (!map) return nullptr;
      const auto member = map->find(*name);
      if (member == map->end()) return nullptr;
      value = &member->second;
    } else {
      auto* list = value->template getIf<AttributeValue::List>();
      const std::size_t index = std::get<std::size_t>(step);
      if (!list || index >= list->size()) return nullptr;
      value = &(*list)[index];
    }
  }
  return value;
}

}  // namespace

const AttributeValue* find(const Item& item, const DocumentPath& path) {
  return walk<const Item, const AttributeValue>(item, path);
}

AttributeValue* find(Item& item, const DocumentPath& path) { return walk<Item, AttributeValue>(item, path); }

std::string showPath(const DocumentPath& path) {
  std::string text = "[" + path.attribute;
  for (const PathStep& step : path.steps) {
    text += ", ";
    if (const std::string* name = std::get_if<std::string>(&step)) {
      text += *name;
    } else {
      text += "[" + std::to_string(std::get<std::size_t>(step)) + "]";
    }
  }
  return text + "]";
}

PathRelation relate(const DocumentPath& one, const DocumentPath& other) {
  if (one.attribute != other.attribute) return PathRelation::kApart;
  for (std::size_t i = 0; i < one.steps.size() && i < other.steps.size(); ++i) {
    if (one.steps[i].index() != other.steps[i].index()) return PathRelation::kConflict;
    if (one.steps[i] != other.steps[i]) return PathRelation::kApart;
  }
  return PathRelation::kOverlap;
}

}  // namespace ddblog
