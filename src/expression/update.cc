#include "expression/update.h"

#include <algorithm>
#include <tuple>

#include "base/api_error.h"
#include "expression/projection.h"

namespace ddblog {

namespace {

[[noreturn]] void refuseMissing() {
  throw validationError("The provided expression refers to an attribute that does not exist in the item");
}
[[noreturn]] void refusePath() {
  throw validationError("The document path provided in the update expression is invalid for update");
}
[[noreturn]] void refuseType(bool legacy) {
  throw validationError(legacy ? "Type mismatch for attribute to update"
                               : "An operand in the update expression has an incorrect data type");
}

// The value that SET assigns, computed from the old item.
AttributeValue evaluate(const SetValue& set, const Item& old_item);

const AttributeValue& existing(const DocumentPath& path, const Item& old_item) {
  const AttributeValue* value = find(old_item, path);
  if (!value) refuseMissing();
  return *value;
}

Decimal evaluateNumber(const SetValue& set, const Item& old_item) {
  const AttributeValue value = evaluate(set, old_item);
  if (!value.is<Decimal>()) refuseType(false);
  return value.number();
}

AttributeValue::List evaluateList(const SetValue& set, const Item& old_item) {
  AttributeValue value = evaluate(set, old_item);
  if (!value.is<AttributeValue::List>()) refuseType(false);
  return std::move(value.as<AttributeValue::List>());
}

AttributeValue evaluate(const SetValue& set, const Item& old_item) {
  switch (set.kind) {
    case SetValue::Kind::kValue:
      return *set.value;
    case SetValue::Kind::kPath:
      return existing(set.path, old_item);
    case SetValue::Kind::kIfNotExists: {
      const AttributeValue* value = find(old_item, set.path);
      return value ? *value : evaluate(set.operands[0], old_item);
    }
    case SetValue::Kind::kListAppend: {
      AttributeValue::List list = evaluateList(set.operands[0], old_item);
      AttributeValue::List more = evaluateList(set.operands[1], old_item);
      list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
      return AttributeValue(std::move(list));
    }
    case SetValue::Kind::kPlus:
      return AttributeValue(evaluateNumber(set.operands[0], old_item) + evaluateNumber(set.operands[1], old_item));
    case SetValue::Kind::kMinus:
      return AttributeValue(evaluateNumber(set.operands[0], old_item) - evaluateNumber(set.operands[1], old_item));
  }
  return AttributeValue();
}

// The container of a path's last step: the item, a map or a list. Throws if it is missing or of
// another type.
AttributeValue& parentOf(Item& item, const DocumentPath& path) {
  DocumentPath parent = path;
  parent.steps.pop_back();
  AttributeValue* value = find(item, parent);
  const bool fits =
      value && (std::holds_alternative<std::string>(path.steps.back()) ? value->is<AttributeValue::Map>()
                                                                       : value->is<AttributeValue::List>());
  if (!fits) refusePath();
  return *value;
}

// An element past the end of a list is appended.
void assign(Item& item, const DocumentPath& path, AttributeValue value) {
  if (path.steps.empty()) {
    item.insert_or_assign(path.attribute, std::move(value));
    return;
  }
  AttributeValue& parent = parentOf(item, path);
  if (const std::string* name = std::get_if<std::string>(&path.steps.back())) {
    parent.as<AttributeValue::Map>().insert_or_assign(*name, std::move(value));
    return;
  }
  auto& list = parent.as<AttributeValue::List>();
  const std::size_t index = std::get<std::size_t>(path.steps.back());
  if (index < list.size()) {
    list[index] = std::move(value);
  } else {
    list.push_back(std::move(value));
  }
}

void remove(Item& item, const DocumentPath& path) {
  if (path.steps.empty()) {
    item.erase(path.attribute);
    return;
  }
  AttributeValue& parent = parentOf(item, path);
  if (const std::string* name = std::get_if<std::string>(&path.steps.back())) {
    parent.as<AttributeValue::Map>().erase(*name);
    return;
  }
  auto& list = parent.as<AttributeValue::List>();
  const std::size_t index = std::get<std::size_t>(path.steps.back());
  if (index < list.size()) list.erase(list.begin() + static_cast<std::ptrdiff_t>(index));
}

template <class Set>
bool unite(AttributeValue& current, const AttributeValue& added) {
  Set* set = current.getIf<Set>();
  const Set* more = added.getIf<Set>();
  if (!set || !more) return false;
  set->insert(more->begin(), more->end());
  return true;
}

void add(AttributeValue& current, const AttributeValue& added, bool legacy) {
  if (current.is<Decimal>() && added.is<Decimal>()) {
    current = AttributeValue(current.number() + added.number());
    return;
  }
  auto* list = current.getIf<AttributeValue::List>();
  if (legacy && list && added.is<AttributeValue::List>()) {
    const auto& more = added.as<AttributeValue::List>();
    list->insert(list->end(), more.begin(), more.end());
    return;
  }
  if (unite<AttributeValue::StringSet>(current, added)) return;
  if (unite<AttributeValue::NumberSet>(current, added)) return;
  if (unite<AttributeValue::BinarySet>(current, added)) return;
  refuseType(legacy);
}

enum class Subtracted { kWrongType, kSome, kEmpty };

template <class Set>
Subtracted subtract(AttributeValue& current, const AttributeValue& taken) {
  Set* set = current.getIf<Set>();
  const Set* less = taken.getIf<Set>();
  if (!set || !less) return Subtracted::kWrongType;
  for (const auto& element : *less) set->erase(element);
  return set->empty() ? Subtracted::kEmpty : Subtracted::kSome;
}

// Whether the set is empty now and must be removed.
bool takeOut(AttributeValue& current, const AttributeValue& taken, bool legacy) {
  Subtracted result = subtract<AttributeValue::StringSet>(current, taken);
  if (result == Subtracted::kWrongType) result = subtract<AttributeValue::NumberSet>(current, taken);
  if (result == Subtracted::kWrongType) result = subtract<AttributeValue::BinarySet>(current, taken);
  if (result == Subtracted::kWrongType) refuseType(legacy);
  return result == Subtracted::kEmpty;
}

using Assignment = std::pair<const DocumentPath*, AttributeValue>;

bool before(const DocumentPath& one, const DocumentPath& other) {
  return std::tie(one.attribute, one.steps) < std::tie(other.attribute, other.steps);
}

Projection pathsOf(const Update& update) {
  Projection paths;
  for (const UpdateAction& action : update.actions) paths.paths.push_back(action.path);
  return paths;
}

}  // namespace

SetValue SetValue::of(AttributeValue value) {
  SetValue set;
  set.value = std::make_shared<const AttributeValue>(std::move(value));
  return set;
}

SetValue SetValue::at(DocumentPath path) {
  SetValue set;
  set.kind = Kind::kPath;
  set.path = std::move(path);
  return set;
}

SetValue SetValue::ifNotExists(DocumentPath path, SetValue otherwise) {
  SetValue set = at(std::move(path));
  set.kind = Kind::kIfNotExists;
  set.operands.push_back(std::move(otherwise));
  return set;
}

namespace {

SetValue twoOperands(SetValue::Kind kind, SetValue one, SetValue other) {
  SetValue set;
  set.kind = kind;
  set.operands.push_back(std::move(one));
  set.operands.push_back(std::move(other));
  return set;
}

UpdateAction makeAction(UpdateAction::Kind kind, DocumentPath path) {
  UpdateAction action;
  action.kind = kind;
  action.path = std::move(path);
  return action;
}

}  // namespace

SetValue SetValue::listAppend(SetValue first, SetValue second) {
  return twoOperands(Kind::kListAppend, std::move(first), std::move(second));
}
SetValue SetValue::plus(SetValue left, SetValue right) {
  return twoOperands(Kind::kPlus, std::move(left), std::move(right));
}
SetValue SetValue::minus(SetValue left, SetValue right) {
  return twoOperands(Kind::kMinus, std::move(left), std::move(right));
}

UpdateAction UpdateAction::setTo(DocumentPath path, SetValue set) {
  UpdateAction action = makeAction(Kind::kSet, std::move(path));
  action.set = std::move(set);
  return action;
}

UpdateAction UpdateAction::remove(DocumentPath path) { return makeAction(Kind::kRemove, std::move(path)); }

UpdateAction UpdateAction::add(DocumentPath path, AttributeValue value) {
  UpdateAction action = makeAction(Kind::kAdd, std::move(path));
  action.value = std::make_shared<const AttributeValue>(std::move(value));
  return action;
}

UpdateAction UpdateAction::deleteFrom(DocumentPath path, AttributeValue value) {
  UpdateAction action = makeAction(Kind::kDelete, std::move(path));
  action.value = std::make_shared<const AttributeValue>(std::move(value));
  return action;
}

// Indexes of list elements refer to the old list. So actions that move elements come last, from the
// back, and elements are appended in the order of their indexes, whichever clause sets them.
Item apply(const Update& update, const Item& old_item, bool existed) {
  std::vector<Assignment> assignments;
  std::vector<const DocumentPath*> removals;
  for (const UpdateAction& action : update.actions) {
    if (action.kind == UpdateAction::Kind::kSet) {
      assignments.emplace_back(&action.path, evaluate(action.set, old_item));
    } else if (action.kind == UpdateAction::Kind::kAdd && !find(old_item, action.path)) {
      assignments.emplace_back(&action.path, *action.value);
    } else if (action.kind == UpdateAction::Kind::kRemove && existed) {
      removals.push_back(&action.path);
    }
  }
  std::stable_sort(assignments.begin(), assignments.end(),
                   [](const Assignment& one, const Assignment& other) { return before(*one.first, *other.first); });

  Item item = old_item;
  for (Assignment& assignment : assignments) assign(item, *assignment.first, std::move(assignment.second));
  for (const UpdateAction& action : update.actions) {
    const bool adds = action.kind == UpdateAction::Kind::kAdd;
    if (!adds && (action.kind != UpdateAction::Kind::kDelete || !existed)) continue;
    if (!find(old_item, action.path)) {
      if (!adds && !action.path.steps.empty()) parentOf(item, action.path);
      continue;
    }
    AttributeValue& current = *find(item, action.path);
    if (adds) {
      add(current, *action.value, update.legacy);
    } else if (takeOut(current, *action.value, update.legacy)) {
      removals.push_back(&action.path);
    }
  }
  std::sort(removals.begin(), removals.end(),
            [](const DocumentPath* one, const DocumentPath* other) { return before(*other, *one); });
  for (const DocumentPath* path : removals) {
    // An index past the end of the old list does not refer to elements appended by this update.
    const bool is_there = path->steps.empty() || find(old_item, *path);
    is_there ? remove(item, *path) : void(parentOf(item, *path));
  }
  return item;
}

bool touches(const Update& update, std::string_view attribute) {
  return std::any_of(update.actions.begin(), update.actions.end(),
                     [&](const UpdateAction& action) { return action.path.attribute == attribute; });
}

Item touchedParts(const Update& update, const Item& image) { return project(pathsOf(update), image); }

}  // namespace ddblog
