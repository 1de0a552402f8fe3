#include "model/update.h"

#include <algorithm>
#include <map>

namespace ddblog::model {

namespace {

using Kind = Action::Kind;

bool isSet(Kind kind) { return kind != Kind::kRemove && kind != Kind::kAdd && kind != Kind::kDelete; }

std::optional<Value> sum(const Value* one, const Number& other) {
  if (!one || one->type != Type::kNumber) return std::nullopt;
  const Number number = one->number + other;
  if (!number.isStorable()) return std::nullopt;
  return Value::ofNumber(number);
}

std::optional<Value> chain(const Value* first, const Value* second) {
  if (!first || !second || first->type != Type::kList || second->type != Type::kList) return std::nullopt;
  Value list = *first;
  list.elements.insert(list.elements.end(), second->elements.begin(), second->elements.end());
  return list;
}

// What SET assigns; nullopt: refused.
std::optional<Value> assigned(const Action& action, const Item& before) {
  const Value* at_path = find(before, action.path);
  const Value* from = find(before, action.from);
  switch (action.kind) {
    case Kind::kSet:
      return action.value;
    case Kind::kSetIfAbsent:
      return from ? *from : action.value;
    case Kind::kCopy:
      return from ? std::optional<Value>(*from) : std::nullopt;
    case Kind::kPlus:
      return sum(from, action.value.number);
    case Kind::kMinus:
      return sum(from, -action.value.number);
    case Kind::kCount:
      return sum(at_path ? at_path : &action.other, action.value.number);
    case Kind::kAppend:
      return chain(from, &action.value);
    case Kind::kPrepend:
      return chain(&action.value, from);
    case Kind::kAppendIfAbsent:
      return chain(at_path ? at_path : &action.other, &action.value);
    default:
      return std::nullopt;
  }
}

// What holds the last step of a path; nullptr: nothing that could.
Value* holderOf(Item& item, const Path& path) {
  Path parent = path;
  parent.steps.pop_back();
  Value* holder = const_cast<Value*>(find(item, parent));
  const Type needed = path.steps.back().member.empty() ? Type::kList : Type::kMap;
  return holder && holder->type == needed ? holder : nullptr;
}

bool addTo(Item& item, const Action& action) {
  const auto found = item.find(action.path.attribute);
  if (found == item.end()) {
    item[action.path.attribute] = action.value;
    return true;
  }
  Value& current = found->second;
  if (current.type != action.value.type) return false;
  if (current.type == Type::kNumber) {
    const std::optional<Value> total = sum(&current, action.value.number);
    if (total) current = *total;
    return total.has_value();
  }
  std::vector<Value> elements = current.elements;
  elements.insert(elements.end(), action.value.elements.begin(), action.value.elements.end());
  current = Value::ofSet(std::move(elements));
  return true;
}

bool deleteFrom(Item& item, const Action& action) {
  const auto found = item.find(action.path.attribute);
  if (found == item.end()) return true;
  Value& current = found->second;
  if (current.type != action.value.type) return false;
  std::erase_if(current.elements, [&](const Value& element) { return isIn(action.value, element); });
  if (current.elements.empty()) item.erase(found);
  return true;
}

// Elements of lists, by the numbers that they had: replaced first, then appended, then taken out.
struct ElementChanges {
  std::map<int, Value> assigned;
  std::vector<int> removed;
};

bool changeElements(Item& item, const std::string& attribute, ElementChanges& changes) {
  const auto found = item.find(attribute);
  if (found == item.end() || found->second.type != Type::kList) return false;
  std::vector<Value>& elements = found->second.elements;
  const int size = static_cast<int>(elements.size());
  for (auto& [number, value] : changes.assigned) {
    if (number < size) {
      elements[static_cast<std::size_t>(number)] = value;
    } else {
      elements.push_back(value);
    }
  }
  std::sort(changes.removed.rbegin(), changes.removed.rend());
  for (int number : changes.removed) {
    if (number < size) elements.erase(elements.begin() + number);
  }
  return true;
}

const char* legacyAction(const Action& action) {
  if (!action.path.steps.empty()) return nullptr;
  switch (action.kind) {
    case Kind::kSet:
      return "PUT";
    case Kind::kAdd:
      return "ADD";
    case Kind::kDelete:
      return "DELETE";
    default:
      return nullptr;
  }
}

std::string writeAssigned(const Action& action, Placeholders& in) {
  switch (action.kind) {
    case Kind::kSetIfAbsent:
      return "if_not_exists(" + in.path(action.from) + ", " + in.value(action.value) + ")";
    case Kind::kCopy:
      return in.path(action.from);
    case Kind::kPlus:
      return in.path(action.from) + " + " + in.value(action.value);
    case Kind::kMinus:
      return in.path(action.from) + " - " + in.value(action.value);
    case Kind::kCount:
      return "if_not_exists(" + in.path(action.path) + ", " + in.value(action.other) + ") + " + in.value(action.value);
    case Kind::kAppend:
      return "list_append(" + in.path(action.from) + ", " + in.value(action.value) + ")";
    case Kind::kPrepend:
      return "list_append(" + in.value(action.value) + ", " + in.path(action.from) + ")";
    case Kind::kAppendIfAbsent:
      return "list_append(if_not_exists(" + in.path(action.path) + ", " + in.value(action.other) + "), " +
             in.value(action.value) + ")";
    default:
      return in.value(action.value);
  }
}

}  // namespace

std::optional<Item> carryOut(const Update& update, const Item& before, bool existed) {
  Item item = before;
  std::map<std::string, ElementChanges> elements;
  for (const Action& action : update.actions) {
    if (!isSet(action.kind)) continue;
    std::optional<Value> value = assigned(action, before);
    if (!value) return std::nullopt;
    if (action.path.steps.empty()) {
      item[action.path.attribute] = std::move(*value);
    } else if (action.path.steps.back().member.empty()) {
      elements[action.path.attribute].assigned.emplace(action.path.steps.back().element, std::move(*value));
    } else {
      Value* holder = holderOf(item, action.path);
      if (!holder) return std::nullopt;
      holder->members[action.path.steps.back().member] = std::move(*value);
    }
  }
  for (const Action& action : update.actions) {
    if (action.kind == Kind::kAdd && !addTo(item, action)) return std::nullopt;
    if (action.kind == Kind::kDelete && existed && !deleteFrom(item, action)) return std::nullopt;
    if (action.kind != Kind::kRemove || !existed) continue;
    if (action.path.steps.empty()) {
      item.erase(action.path.attribute);
    } else if (action.path.steps.back().member.empty()) {
      elements[action.path.attribute].removed.push_back(action.path.steps.back().element);
    } else {
      Value* holder = holderOf(item, action.path);
      if (!holder) return std::nullopt;
      holder->members.erase(action.path.steps.back().member);
    }
  }
  for (auto& [attribute, changes] : elements) {
    if (!changeElements(item, attribute, changes)) return std::nullopt;
  }
  return item;
}

Item touchedParts(const Update& update, const Item& image) {
  std::vector<Path> paths;
  for (const Action& action : update.actions) paths.push_back(action.path);
  return project(paths, image);
}

bool keepsElementsInPlace(const Update& update) {
  return std::none_of(update.actions.begin(), update.actions.end(), [](const Action& action) {
    return !action.path.steps.empty() && action.path.steps.back().member.empty();
  });
}

std::string write(const Update& update, Placeholders& placeholders) {
  std::map<std::string, std::string> sections;
  for (const Action& action : update.actions) {
    const char* section = isSet(action.kind)             ? "SET "
                          : action.kind == Kind::kRemove ? "REMOVE "
                          : action.kind == Kind::kAdd    ? "ADD "
                                                         : "DELETE ";
    std::string& text = sections[section];
    text += (text.empty() ? "" : ", ") + placeholders.path(action.path);
    if (isSet(action.kind)) {
      text += " = " + writeAssigned(action, placeholders);
    } else if (action.kind != Kind::kRemove) {
      text += " " + placeholders.value(action.value);
    }
  }
  std::string text;
  for (const auto& [name, content] : sections) text += (text.empty() ? "" : " ") + name + content;
  return text;
}

std::optional<std::string> writeLegacy(const Update& update, unsigned spelling) {
  std::string text = "{";
  for (const Action& action : update.actions) {
    const char* name = legacyAction(action);
    if (action.kind == Kind::kRemove && action.path.steps.empty()) name = "DELETE";
    if (!name) return std::nullopt;
    if (text.size() > 1) text += ',';
    appendText(text, action.path.attribute);
    text += std::string(":{\"Action\":\"") + name + "\"";
    if (action.kind != Kind::kRemove) {
      text += ",\"Value\":";
      appendJson(text, action.value, spelling);
    }
    text += '}';
  }
  return text + "}";
}

Item project(const std::vector<Path>& paths, const Item& item) {
  Item projected;
  std::map<std::string, std::map<int, Value>> elements;
  for (const Path& path : paths) {
    const Value* value = find(item, path);
    if (!value) continue;
    if (path.steps.empty()) {
      projected[path.attribute] = *value;
    } else if (path.steps.back().member.empty()) {
      elements[path.attribute][path.steps.back().element] = *value;
    } else {
      Value& map = projected[path.attribute];
      map.type = Type::kMap;
      map.members[path.steps.back().member] = *value;
    }
  }
  for (auto& [attribute, chosen] : elements) {
    std::vector<Value> list;
    for (auto& [number, value] : chosen) list.push_back(std::move(value));
    projected[attribute] = Value::ofList(std::move(list));
  }
  return projected;
}

}  // namespace ddblog::model
