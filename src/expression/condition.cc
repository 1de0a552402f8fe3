#include "expression/condition.h"

#include <string.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "expression/scalar_order.h"

namespace ddblog {

namespace {

Condition make(Condition::Kind kind, std::vector<Operand> operands) {
  Condition condition;
  condition.kind = kind;
  condition.operands = std::move(operands);
  return condition;
}

// The value of an operand for an item: a pointer into the item or the condition, or a computed
// number.
class Resolved {
 public:
  Resolved(const Operand& operand, const Item& item) {
    if (const DocumentPath* path = std::get_if<DocumentPath>(&operand.what)) {
      value_ = find(item, *path);
    } else if (const auto* given = std::get_if<std::shared_ptr<const AttributeValue>>(&operand.what)) {
      value_ = given->get();
    } else if (const AttributeValue* sized = find(item, std::get<Operand::Size>(operand.what).path)) {
      if (const auto size = sizeOf(*sized)) {
        made_.emplace(Decimal(*size));
        value_ = &*made_;
      }
    }
  }
  Resolved(const Resolved&) = delete;

  explicit operator bool() const { return value_ != nullptr; }
  const AttributeValue& operator*() const { return *value_; }
  const AttributeValue* operator->() const { return value_; }
  bool isComputed() const { return made_.has_value(); }  // and so not in the item or the condition

 private:
  const AttributeValue* value_ = nullptr;
  std::optional<AttributeValue> made_;
};

// Remembers the results of comparisons that take long, because an expression may ask for the same one
// three hundred times.
class ComparisonResults {
 public:
  using Compare = bool (*)(const AttributeValue&, const AttributeValue&);

  bool of(Compare compare, const Resolved& one, const Resolved& other) {
    if (!isLarge(*one) || other.isComputed()) return compare(*one, *other);
    const auto [found, is_new] = known_.try_emplace({compare, &*one, &*other}, false);
    if (is_new) found->second = compare(*one, *other);
    return found->second;
  }

 private:
  static bool isLarge(const AttributeValue& value) {
    constexpr std::size_t kLarge = 256;  // bytes
    if (const std::string* text = value.getIf<std::string>()) return text->size() > kLarge;
    if (const auto* binary = value.getIf<AttributeValue::Binary>()) return binary->bytes.size() > kLarge;
    return !value.is<Decimal>() && !value.is<bool>() && !value.is<AttributeValue::Null>();
  }

  std::map<std::tuple<Compare, const AttributeValue*, const AttributeValue*>, bool> known_;
};

bool areEqual(const AttributeValue& one, const AttributeValue& other) { return one == other; }

bool holds(Comparator comparator, const Resolved& left, const Resolved& right, ComparisonResults& results) {
  if (comparator == Comparator::kNotEqual) return !left || !right || !results.of(areEqual, left, right);
  if (!left || !right) return false;
  if (comparator == Comparator::kEqual) return results.of(areEqual, left, right);
  const std::partial_ordering order = compareScalars(*left, *right);
  switch (comparator) {
    case Comparator::kLess:
      return order < 0;
    case Comparator::kLessOrEqual:
      return order <= 0;
    case Comparator::kGreaterOrEqual:
      return order >= 0;
    default:
      return order > 0;
  }
}

bool beginsWith(const AttributeValue& value, const AttributeValue& prefix) {
  if (value.type() != prefix.type()) return false;
  if (const std::string* text = value.getIf<std::string>()) return text->starts_with(prefix.string());
  if (const auto* binary = value.getIf<AttributeValue::Binary>()) {
    return binary->bytes.starts_with(prefix.as<AttributeValue::Binary>().bytes);
  }
  return false;
}

template <class Set, class Element>
bool setHas(const AttributeValue& value, const AttributeValue& part) {
  const Element* element = part.getIf<Element>();
  return element && value.as<Set>().contains(*element);
}

// Conditions run on the writer thread, for which all other writes wait. std::string::find is
// quadratic for unlucky bytes; glibc's memmem is linear for parts of more than 256 bytes, and
// compares at most 256 bytes at each place for others.
bool hasPart(std::string_view bytes, std::string_view part) {
  return ::memmem(bytes.data(), bytes.size(), part.data(), part.size()) != nullptr;
}

bool contains(const AttributeValue& value, const AttributeValue& part) {
  switch (value.type()) {
    case AttributeValue::Type::kString:
      return part.is<std::string>() && hasPart(value.string(), part.string());
    case AttributeValue::Type::kBinary: {
      const auto* bytes = part.getIf<AttributeValue::Binary>();
      return bytes && hasPart(value.as<AttributeValue::Binary>().bytes, bytes->bytes);
    }
    case AttributeValue::Type::kStringSet:
      return setHas<AttributeValue::StringSet, std::string>(value, part);
    case AttributeValue::Type::kNumberSet:
      return setHas<AttributeValue::NumberSet, Decimal>(value, part);
    case AttributeValue::Type::kBinarySet:
      return setHas<AttributeValue::BinarySet, AttributeValue::Binary>(value, part);
    case AttributeValue::Type::kList: {
      const auto& list = value.as<AttributeValue::List>();
      return std::find(list.begin(), list.end(), part) != list.end();
    }
    default:
      return false;
  }
}

bool evaluateOperands(const Condition& condition, const Item& item, ComparisonResults& results) {
  const Resolved first(condition.operands[0], item);
  switch (condition.kind) {
    case Condition::Kind::kAttributeExists:
      return static_cast<bool>(first);
    case Condition::Kind::kAttributeNotExists:
      return !first;
    case Condition::Kind::kCompare:
      return holds(condition.comparator, first, Resolved(condition.operands[1], item), results);
    case Condition::Kind::kBetween:
      return holds(Comparator::kGreaterOrEqual, first, Resolved(condition.operands[1], item), results) &&
             holds(Comparator::kLessOrEqual, first, Resolved(condition.operands[2], item), results);
    case Condition::Kind::kIn:
      return std::any_of(condition.operands.begin() + 1, condition.operands.end(), [&](const Operand& choice) {
        return holds(Comparator::kEqual, first, Resolved(choice, item), results);
      });
    default:
      break;
  }
  const Resolved second(condition.operands[1], item);
  if (!first || !second) return false;
  switch (condition.kind) {
    case Condition::Kind::kAttributeType:
      return second->is<std::string>() && typeName(first->type()) == second->string();
    case Condition::Kind::kBeginsWith:
      return beginsWith(*first, *second);
    default:
      return results.of(contains, first, second);
  }
}

bool evaluateTree(const Condition& condition, const Item& item, ComparisonResults& results) {
  const auto child_holds = [&](const Condition& child) { return evaluateTree(child, item, results); };
  switch (condition.kind) {
    case Condition::Kind::kAnd:
      return std::all_of(condition.children.begin(), condition.children.end(), child_holds);
    case Condition::Kind::kOr:
      return std::any_of(condition.children.begin(), condition.children.end(), child_holds);
    case Condition::Kind::kNot:
      return !child_holds(condition.children[0]);
    case Condition::Kind::kSame:
      return child_holds(condition.children[0]) == child_holds(condition.children[1]);
    default:
      return evaluateOperands(condition, item, results);
  }
}

void collect(const Condition& condition, std::vector<std::string>& names) {
  for (const Operand& operand : condition.operands) {
    const DocumentPath* path = std::get_if<DocumentPath>(&operand.what);
    if (const auto* size = std::get_if<Operand::Size>(&operand.what)) path = &size->path;
    if (path && std::find(names.begin(), names.end(), path->attribute) == names.end()) {
      names.push_back(path->attribute);
    }
  }
  for (const Condition& child : condition.children) collect(child, names);
}

}  // namespace

Condition Condition::all(std::vector<Condition> children) {
  Condition condition;
  condition.children = std::move(children);
  return condition;
}

Condition Condition::any(std::vector<Condition> children) {
  Condition condition;
  condition.kind = Kind::kOr;
  condition.children = std::move(children);
  return condition;
}

Condition Condition::both(Condition one, Condition other) {
  Condition condition;
  condition.children.push_back(std::move(one));
  condition.children.push_back(std::move(other));
  return condition;
}

Condition Condition::negate(Condition condition) {
  Condition negated;
  negated.kind = Kind::kNot;
  negated.children.push_back(std::move(condition));
  return negated;
}

Condition Condition::same(Condition one, Condition other) {
  Condition condition = both(std::move(one), std::move(other));
  condition.kind = Kind::kSame;
  return condition;
}

Condition Condition::compare(Operand left, Comparator comparator, Operand right) {
  Condition condition = make(Kind::kCompare, {std::move(left), std::move(right)});
  condition.comparator = comparator;
  return condition;
}

Condition Condition::between(Operand operand, Operand low, Operand high) {
  return make(Kind::kBetween, {std::move(operand), std::move(low), std::move(high)});
}

Condition Condition::in(Operand operand, std::vector<Operand> choices) {
  choices.insert(choices.begin(), std::move(operand));
  return make(Kind::kIn, std::move(choices));
}

Condition Condition::attributeExists(DocumentPath path) {
  return make(Kind::kAttributeExists, {Operand::path(std::move(path))});
}

Condition Condition::attributeNotExists(DocumentPath path) {
  return make(Kind::kAttributeNotExists, {Operand::path(std::move(path))});
}

Condition Condition::attributeType(DocumentPath path, std::string_view type_name) {
  return make(Kind::kAttributeType, {Operand::path(std::move(path)), Operand::value(AttributeValue(type_name))});
}

Condition Condition::beginsWith(Operand operand, Operand prefix) {
  return make(Kind::kBeginsWith, {std::move(operand), std::move(prefix)});
}

Condition Condition::contains(Operand operand, Operand part) {
  return make(Kind::kContains, {std::move(operand), std::move(part)});
}

bool evaluate(const Condition& condition, const Item& item) {
  ComparisonResults results;
  return evaluateTree(condition, item, results);
}

std::vector<std::string> attributesOf(const Condition& condition) {
  std::vector<std::string> names;
  collect(condition, names);
  return names;
}

}  // namespace ddblog
