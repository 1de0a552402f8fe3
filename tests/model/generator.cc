#include "model/generator.h"

#include <algorithm>
#include <set>

namespace ddblog::model {

namespace {

using Kind = Condition::Kind;

// Attributes that can be keys of indexes, each always with one type.
const std::vector<KeyPart> kIndexKeys = {
    {"gs", Type::kString}, {"hs", Type::kString}, {"gn", Type::kNumber}, {"hn", Type::kNumber}, {"gb", Type::kBinary}};
const std::vector<std::string> kAttributes = {"n", "x", "y", "l", "m", "ss", "ns", "bs"};
const std::vector<std::string> kMembers = {"p", "q", "r"};
const std::vector<Type> kScalars = {Type::kString, Type::kNumber, Type::kBinary};

const std::vector<std::string> kTexts = {"", "a", "ab", "abc", "b", "ba", "zebra", "with \"quotes\" and \\", "\t\n"};
const std::vector<std::string> kKeyTexts = {
    "a", "ab", "abc", "b", "B", "\x01", "a\x01", "ä", "äb", "日本", "\xf0\x9f\x8c\x8d", "~", " "};
const std::vector<std::string> kNumbers = {"0",
                                           "1",
                                           "2",
                                           "3",
                                           "10",
                                           "-1",
                                           "-2",
                                           "-10",
                                           "0.5",
                                           "-0.5",
                                           "1e125",
                                           "1e-130",
                                           "-1e125",
                                           "99.99",
                                           "100",
                                           "12345678901234567890",
                                           "99999999999999999999999999999999999999",
                                           "-1e-130",
                                           "1.1",
                                           "1e20"};
const std::vector<std::string> kBytes = {
    std::string(1, '\0'),  std::string("\0\1", 2),  std::string("\0\0", 2), "\1", "\xff", "\xff\xff", "a",
    std::string("a\0", 2), std::string("\xff\0", 2)};

const KeyPart* indexKeyPart(const std::string& attribute) {
  for (const KeyPart& part : kIndexKeys) {
    if (part.name == attribute) return &part;
  }
  return nullptr;
}

Path whole(const std::string& attribute) { return {attribute, {}}; }

}  // namespace

// --- schemas ---

std::vector<Value> Generator::keyValues(Type type, int count) {
  std::vector<Value> values;
  for (int i = 0; i < count; ++i) {
    Value value;
    switch (type) {
      case Type::kNumber:
        value = Value::ofNumber(Number::parse(rng_.chance(50) ? rng_.pick(kNumbers) : std::to_string(rng_.below(100))));
        break;
      case Type::kBinary:
        value = Value::ofBinary(rng_.pick(kBytes) + (rng_.chance(50) ? rng_.pick(kBytes) : ""));
        break;
      default:
        value = Value::ofString(rng_.pick(kKeyTexts) + (rng_.chance(70) ? std::to_string(rng_.below(100)) : ""));
    }
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(std::move(value));
  }
  return values;
}

std::vector<KeyPart> Generator::keyParts(std::vector<KeyPart>& candidates, int count) {
  std::vector<KeyPart> parts;
  for (int i = 0; i < count && !candidates.empty(); ++i) {
    const auto chosen = candidates.begin() + rng_.below(static_cast<int>(candidates.size()));
    parts.push_back(*chosen);
    candidates.erase(chosen);
  }
  return parts;
}

void Generator::chooseProjection(Index& index) {
  const int choice = rng_.below(3);
  index.projection = static_cast<Index::Projection>(choice);
  if (index.projection != Index::Projection::kInclude) return;
  std::set<std::string> included;
  for (int i = rng_.between(1, 3); i > 0; --i) included.insert(rng_.pick(kAttributes));
  index.included.assign(included.begin(), included.end());
}

std::optional<Index> Generator::globalIndex(const Table& table, const std::string& name) {
  const auto is_global = [](const Index& index) { return index.is_global; };
  if (std::count_if(table.indexes.begin(), table.indexes.end(), is_global) >= 4) return std::nullopt;
  std::vector<KeyPart> candidates = kIndexKeys;
  candidates.push_back(table.hash);
  if (table.range) candidates.push_back(*table.range);
  Index index;
  index.name = name;
  index.hash = keyParts(candidates, rng_.chance(75) ? 1 : rng_.between(2, 3));
  index.range = keyParts(candidates, rng_.chance(75) ? rng_.below(2) : rng_.between(2, 3));
  chooseProjection(index);
  return index;
}

Table Generator::table(const std::string& name) {
  Table table;
  table.name = name;
  table.hash = {"pk", rng_.pick(kScalars)};
  if (rng_.chance(75)) table.range = KeyPart{"sk", rng_.pick(kScalars)};
  table.hash_values = keyValues(table.hash.type, table.range ? rng_.between(2, 6) : rng_.between(10, 40));
  if (table.range) table.range_values = keyValues(table.range->type, rng_.between(4, 30));
  for (int i = table.range ? rng_.below(3) : 0; i > 0; --i) {
    std::vector<KeyPart> candidates = kIndexKeys;
    Index index;
    index.name = "local" + std::to_string(i);
    index.is_global = false;
    index.hash = {table.hash};
    index.range = keyParts(candidates, 1);
    chooseProjection(index);
    table.indexes.push_back(index);
  }
  for (int i = rng_.below(4); i > 0; --i) table.indexes.push_back(*globalIndex(table, "global" + std::to_string(i)));
  static const std::vector<std::string> kViews = {"KEYS_ONLY", "OLD_IMAGE", "NEW_IMAGE", "NEW_AND_OLD_IMAGES"};
  if (rng_.chance(80)) {
    table.stream.emplace();
    table.stream->view = rng_.chance(60) ? "NEW_AND_OLD_IMAGES" : rng_.pick(kViews);
  }
  return table;
}

// --- items ---

Item Generator::key(const Table& table) {
  Item key{{table.hash.name, rng_.pick(table.hash_values)}};
  if (table.range) key.emplace(table.range->name, rng_.pick(table.range_values));
  return key;
}

Value Generator::indexKeyValue(Type type) {
  if (type == Type::kString) return Value::ofString(rng_.pick(kKeyTexts));
  if (type == Type::kBinary) return Value::ofBinary(rng_.pick(kBytes));
  return Value::ofNumber(Number::parse(rng_.chance(70) ? std::to_string(rng_.below(8)) : rng_.pick(kNumbers)));
}

Item Generator::item(const Table& table, const Item& key) {
  Item item = key;
  for (const KeyPart& part : kIndexKeys) {
    if (!rng_.chance(60)) continue;
    const bool may_be_anything = !table.isIndexKey(part.name);
    item.insert_or_assign(part.name, may_be_anything && rng_.chance(10) ? value() : indexKeyValue(part.type));
  }
  for (int i = rng_.below(6); i > 0; --i) {
    const std::string& name = rng_.pick(kAttributes);
    if (rng_.chance(20)) {
      item.insert_or_assign(name, value());
    } else if (name == "n") {
      item.insert_or_assign(name, scalar(Type::kNumber));
    } else if (name == "l") {
      item.insert_or_assign(name, Value::ofList({value(1), value(1)}));
    } else if (name == "m") {
      item.insert_or_assign(name, Value::ofMap({{rng_.pick(kMembers), value(1)}, {rng_.pick(kMembers), value(1)}}));
    } else if (name == "ss" || name == "ns" || name == "bs") {
      item.insert_or_assign(name, set(name == "ss" ? Type::kString : name == "ns" ? Type::kNumber : Type::kBinary));
    } else {
      item.insert_or_assign(name, value());
    }
  }
  if (rng_.chance(15)) {
    item.insert_or_assign("ttl", Value::ofNumber(Number::parse(std::to_string(rng_.pick(times_to_live)))));
  }
  if (rng_.chance(3)) item.insert_or_assign("x", Value::ofString(std::string(std::size_t(rng_.below(9000)), 'x')));
  // Enough of these in one partition, and a page ends at its megabyte.
  if (rng_.below(1000) == 0) item.insert_or_assign("y", Value::ofString(std::string(150'000, 'y')));
  return item;
}

Value Generator::scalar(Type type) {
  if (type == Type::kString) return Value::ofString(rng_.pick(kTexts));
  if (type == Type::kBinary) return Value::ofBinary(rng_.chance(10) ? "" : rng_.pick(kBytes));
  return Value::ofNumber(Number::parse(rng_.chance(70) ? std::to_string(rng_.between(-5, 20)) : rng_.pick(kNumbers)));
}

Value Generator::set(Type of) {
  std::vector<Value> elements;
  for (int i = rng_.between(1, 4); i > 0; --i) elements.push_back(scalar(of));
  return Value::ofSet(std::move(elements));
}

Value Generator::value(int depth) {
  const int choice = rng_.below(depth < 3 ? 11 : 7);
  if (choice < 5) return scalar(rng_.pick(kScalars));
  if (choice == 5) return Value::ofBool(rng_.chance(50));
  if (choice == 6) return Value();
  if (choice == 7) return set(rng_.pick(kScalars));
  if (choice < 10) {
    std::vector<Value> elements;
    for (int i = rng_.below(4); i > 0; --i) elements.push_back(value(depth + 1));
    return Value::ofList(std::move(elements));
  }
  std::map<std::string, Value> members;
  for (int i = rng_.below(3); i > 0; --i) members.insert_or_assign(rng_.pick(kMembers), value(depth + 1));
  return Value::ofMap(std::move(members));
}

std::string Generator::attribute() {
  if (rng_.chance(20)) return rng_.pick(kIndexKeys).name;
  return rng_.chance(3) ? "ttl" : rng_.pick(kAttributes);
}

// --- conditions ---

Path Generator::path(const Item* item) {
  std::string attribute = this->attribute();
  if (item && !item->empty() && rng_.chance(60)) {
    attribute = std::next(item->begin(), rng_.below(static_cast<int>(item->size())))->first;
  }
  Path path{attribute, {}};
  if (attribute == "m" && rng_.chance(50)) path.steps.push_back({rng_.pick(kMembers), 0});
  if (attribute == "l" && rng_.chance(50)) path.steps.push_back({"", rng_.below(4)});
  return path;
}

Condition Generator::leaf(const Item* item, const Path& path, const Value* current) {
  Condition leaf;
  leaf.path = path;
  leaf.comparator = static_cast<Comparator>(rng_.below(6));
  const bool is_scalar = current && current->isScalar();
  const Type type = is_scalar ? current->type : rng_.pick(kScalars);
  const auto some = [&] { return is_scalar && rng_.chance(50) ? *current : scalar(type); };
  switch (rng_.below(11)) {
    case 0:
      leaf.kind = Kind::kExists;
      break;
    case 1:
      leaf.kind = Kind::kNotExists;
      break;
    case 2:
    case 3:
    case 4:
      leaf.kind = Kind::kCompare;
      leaf.values = {some()};
      if (rng_.chance(30)) {  // any type, by equality
        leaf.comparator = rng_.chance(50) ? Comparator::kEqual : Comparator::kNotEqual;
        leaf.values = {current && rng_.chance(60) ? *current : value(1)};
      }
      break;
    case 5: {
      leaf.kind = Kind::kBetween;
      Value low = some(), high = some();
      if (compareScalars(low, high) > 0) std::swap(low, high);
      leaf.values = {low, high};
      break;
    }
    case 6:
      leaf.kind = Kind::kIn;
      for (int i = rng_.between(1, 4); i > 0; --i) leaf.values.push_back(some());
      break;
    case 7:
      leaf.kind = Kind::kType;
      leaf.values = {Value::ofString(
          std::string(nameOf(current && rng_.chance(60) ? current->type : static_cast<Type>(rng_.below(10)))))};
      break;
    case 8: {
      leaf.kind = Kind::kBeginsWith;
      Value prefix = type == Type::kNumber ? scalar(Type::kString) : some();
      prefix.text.resize(std::min<std::size_t>(prefix.text.size(), 1));
      if (static_cast<unsigned char>(prefix.text[0]) >= 0x80 && prefix.type == Type::kString) prefix.text = "a";
      leaf.values = {prefix};
      break;
    }
    case 9:
      leaf.kind = Kind::kContains;
      leaf.values = {some()};
      if (current && !current->elements.empty() && rng_.chance(60)) {
        leaf.values = {
            current->elements[static_cast<std::size_t>(rng_.below(static_cast<int>(current->elements.size())))]};
      }
      break;
    default:
      if (item && rng_.chance(50)) {
        leaf.kind = Kind::kComparePaths;
        leaf.other = this->path(item);
        if (leaf.other.attribute == leaf.path.attribute) leaf.other = whole(path.attribute == "n" ? "x" : "n");
      } else {
        leaf.kind = Kind::kSize;
        leaf.values = {Value::ofNumber(rng_.below(4))};
        if (leaf.comparator == Comparator::kNotEqual) leaf.comparator = Comparator::kEqual;
      }
  }
  return leaf;
}

Condition Generator::condition(const Item* item, int depth) {
  if (depth < 2 && rng_.chance(30)) {
    Condition branch;
    branch.kind = rng_.chance(20) ? Kind::kNot : rng_.chance(50) ? Kind::kAnd : Kind::kOr;
    const int children = branch.kind == Kind::kNot ? 1 : rng_.between(2, 3);
    for (int i = 0; i < children; ++i) branch.children.push_back(condition(item, depth + 1));
    return branch;
  }
  const Path path = this->path(item);
  return leaf(item, path, item ? find(*item, path) : nullptr);
}

std::optional<Condition> Generator::filter(const std::function<bool(const std::string&)>& is_allowed) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    const Path path = this->path(nullptr);
    if (!is_allowed(path.attribute)) continue;
    Condition filter = leaf(nullptr, path, nullptr);
    if (rng_.chance(70)) return filter;
    const Path other = this->path(nullptr);
    if (!is_allowed(other.attribute)) return filter;
    Condition branch;
    branch.kind = rng_.chance(50) ? Kind::kAnd : Kind::kOr;
    branch.children = {filter, leaf(nullptr, other, nullptr)};
    return branch;
  }
  return std::nullopt;
}

// --- updates ---

Action Generator::actionOnIndexKey(const KeyPart& part) {
  Action action;
  action.path = whole(part.name);
  action.value = indexKeyValue(part.type);
  if (rng_.chance(25)) action.kind = Action::Kind::kRemove;
  if (part.type == Type::kNumber && action.kind == Action::Kind::kSet && rng_.chance(30)) {
    action.kind = Action::Kind::kAdd;
    action.value = Value::ofNumber(rng_.between(-3, 3));
  }
  return action;
}

Action Generator::actionOnList(Path path, const Item*) {
  Action action;
  action.from = path;
  action.value = Value::ofList({value(2)});
  action.other = Value::ofList({});
  switch (rng_.below(5)) {
    case 0:
      action.kind = Action::Kind::kAppend;
      break;
    case 1:
      action.kind = Action::Kind::kPrepend;
      break;
    case 2:
      action.kind = Action::Kind::kAppendIfAbsent;
      break;
    default:
      action.kind = rng_.chance(50) ? Action::Kind::kRemove : Action::Kind::kSet;
      action.value = value(2);
      path.steps.push_back({"", rng_.below(4)});
  }
  action.path = path;
  return action;
}

Action Generator::action(const Table& table, const std::string& attribute, const Item* item) {
  if (const KeyPart* part = indexKeyPart(attribute); part && table.isIndexKey(attribute))
    return actionOnIndexKey(*part);
  Action action;
  action.path = whole(attribute);
  const Value* current = item ? find(*item, action.path) : nullptr;
  if (attribute == "ttl") {
    action.value = Value::ofNumber(Number::parse(std::to_string(rng_.pick(times_to_live))));
    if (rng_.chance(30)) action.kind = Action::Kind::kRemove;
    return action;
  }
  if (attribute == "l" && rng_.chance(70)) return actionOnList(action.path, item);
  if (attribute == "m" && rng_.chance(60)) {
    action.path.steps.push_back({rng_.pick(kMembers), 0});
    action.kind = rng_.chance(30) ? Action::Kind::kRemove : Action::Kind::kSet;
    action.value = value(2);
    return action;
  }
  if ((current && current->isSet()) ||
      ((attribute == "ss" || attribute == "ns" || attribute == "bs") && rng_.chance(60))) {
    action.kind = rng_.chance(50) ? Action::Kind::kAdd : Action::Kind::kDelete;
    const Type of = attribute == "ss" ? Type::kString : attribute == "ns" ? Type::kNumber : Type::kBinary;
    action.value = current && current->isSet() && rng_.chance(70) ? *current : set(of);
    return action;
  }
  if (attribute == "n" && rng_.chance(80)) {
    static const std::vector<Action::Kind> kKinds = {Action::Kind::kPlus, Action::Kind::kMinus, Action::Kind::kCount,
                                                     Action::Kind::kAdd};
    action.kind = rng_.pick(kKinds);
    action.from = whole(rng_.chance(80) ? "n" : "x");
    action.value = scalar(Type::kNumber);
    action.other = Value::ofNumber(0);
    return action;
  }
  static const std::vector<Action::Kind> kKinds = {Action::Kind::kSet, Action::Kind::kSet, Action::Kind::kSetIfAbsent,
                                                   Action::Kind::kCopy, Action::Kind::kRemove};
  action.kind = rng_.pick(kKinds);
  action.value = value();
  action.from = whole(rng_.pick(kAttributes));
  return action;
}

Update Generator::update(const Table& table, const Item* item) {
  Update update;
  std::set<std::string> attributes;
  for (int i = rng_.between(1, 4); i > 0; --i) {
    const std::string attribute = this->attribute();
    if (!attributes.insert(attribute).second) continue;
    Action action = this->action(table, attribute, item);
    // Another element of the same list, now and then: both mean the list as it was.
    const bool is_element = !action.path.steps.empty() && action.path.steps[0].member.empty();
    update.actions.push_back(action);
    if (!is_element || rng_.chance(60)) continue;
    action.path.steps[0].element = (action.path.steps[0].element + rng_.between(1, 3)) % 5;
    if (action.path.steps == update.actions.back().path.steps) continue;
    action.kind = rng_.chance(50) ? Action::Kind::kSet : Action::Kind::kRemove;
    action.value = value(2);
    update.actions.push_back(action);
  }
  return update;
}

}  // namespace ddblog::model
