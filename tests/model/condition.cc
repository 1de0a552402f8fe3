#include "model/condition.h"

#include <algorithm>
#include <array>
#include <set>

namespace ddblog::model {

namespace {

constexpr std::array<const char*, 6> kSymbols = {"=", "<>", "<", "<=", ">", ">="};
constexpr std::array<const char*, 6> kLegacySymbols = {"EQ", "NE", "LT", "LE", "GT", "GE"};

bool isOrdered(Comparator comparator, std::strong_ordering order) {
  switch (comparator) {
    case Comparator::kEqual:
      return order == 0;
    case Comparator::kNotEqual:
      return order != 0;
    case Comparator::kLess:
      return order < 0;
    case Comparator::kLessOrEqual:
      return order <= 0;
    case Comparator::kGreater:
      return order > 0;
    case Comparator::kGreaterOrEqual:
      return order >= 0;
  }
  return false;
}

bool contains(const Value& value, const Value& part) {
  if (value.type == Type::kList || value.isSet()) return isIn(value, part);
  return value.type == part.type && (value.type == Type::kString || value.type == Type::kBinary) &&
         value.text.find(part.text) != std::string::npos;
}

// Of a text: its characters, those outside Unicode's first plane as two.
std::optional<int> sizeOf(const Value& value) {
  if (value.type == Type::kString) {
    const auto units = [](unsigned char byte) { return (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1; };
    int size = 0;
    for (char c : value.text) size += units(static_cast<unsigned char>(c));
    return size;
  }
  if (value.type == Type::kBinary) return static_cast<int>(value.text.size());
  if (value.type == Type::kList || value.isSet()) return static_cast<int>(value.elements.size());
  if (value.type == Type::kMap) return static_cast<int>(value.members.size());
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

std::string symbolOf(Comparator comparator) {
  return std::string(" ") + kSymbols[static_cast<std::size_t>(comparator)] + " ";
}

// The legacy operator of a condition on one whole attribute; nullptr: none.
const char* legacyOperator(const Condition& condition) {
  if (!condition.path.steps.empty()) return nullptr;
  switch (condition.kind) {
    case Condition::Kind::kCompare:
      return kLegacySymbols[static_cast<std::size_t>(condition.comparator)];
    case Condition::Kind::kBetween:
      return "BETWEEN";
    case Condition::Kind::kIn:
      return "IN";
    case Condition::Kind::kExists:
      return "NOT_NULL";
    case Condition::Kind::kNotExists:
      return "NULL";
    case Condition::Kind::kBeginsWith:
      return "BEGINS_WITH";
    case Condition::Kind::kContains:
      return "CONTAINS";
    default:
      return nullptr;
  }
}

bool hasLegacyForm(const Condition& condition) {
  if (!legacyOperator(condition)) return false;
  const bool of_any_type = condition.kind == Condition::Kind::kCompare && condition.comparator == Comparator::kEqual;
  // What "not equal" says of a missing attribute differs between the two.
  if (condition.kind == Condition::Kind::kCompare && condition.comparator == Comparator::kNotEqual) return false;
  return of_any_type || std::all_of(condition.values.begin(), condition.values.end(),
                                    [](const Value& value) { return value.isScalar(); });
}

std::string legacyMember(const Condition& condition) {
  std::string text;
  appendText(text, condition.path.attribute);
  text += std::string(":{\"ComparisonOperator\":\"") + legacyOperator(condition) + "\"";
  if (!condition.values.empty()) {
    text += ",\"AttributeValueList\":[";
    for (std::size_t i = 0; i < condition.values.size(); ++i) {
      if (i > 0) text += ',';
      appendJson(text, condition.values[i], static_cast<unsigned>(i));
    }
    text += ']';
  }
  return text + "}";
}

}  // namespace

bool compares(const Value& one, Comparator comparator, const Value& other) {
  if (one.type != other.type) return comparator == Comparator::kNotEqual;
  if (one.isScalar()) return isOrdered(comparator, compareScalars(one, other));
  if (comparator == Comparator::kEqual) return one == other;
  return comparator == Comparator::kNotEqual && !(one == other);
}

bool holds(const Condition& condition, const Item& item) {
  using Kind = Condition::Kind;
  const auto child_holds = [&](const Condition& child) { return holds(child, item); };
  if (condition.kind == Kind::kAnd) {
    return std::all_of(condition.children.begin(), condition.children.end(), child_holds);
  }
  if (condition.kind == Kind::kOr) {
    return std::any_of(condition.children.begin(), condition.children.end(), child_holds);
  }
  if (condition.kind == Kind::kNot) return !holds(condition.children[0], item);

  const Value* value = find(item, condition.path);
  if (condition.kind == Kind::kNotExists) return !value;
  if (condition.kind == Kind::kComparePaths) {
    const Value* other = find(item, condition.other);
    if (!value || !other) return condition.comparator == Comparator::kNotEqual;
    return compares(*value, condition.comparator, *other);
  }
  if (!value) return condition.kind == Kind::kCompare && condition.comparator == Comparator::kNotEqual;
  const std::vector<Value>& given = condition.values;
  switch (condition.kind) {
    case Kind::kExists:
      return true;
    case Kind::kCompare:
      return compares(*value, condition.comparator, given[0]);
    case Kind::kBetween:
      return compares(*value, Comparator::kGreaterOrEqual, given[0]) &&
             compares(*value, Comparator::kLessOrEqual, given[1]);
    case Kind::kIn:
      return std::find(given.begin(), given.end(), *value) != given.end();
    case Kind::kType:
      return nameOf(value->type) == given[0].text;
    case Kind::kBeginsWith:
      return value->type == given[0].type && value->text.starts_with(given[0].text);
    case Kind::kContains:
      return contains(*value, given[0]);
    case Kind::kSize: {
      const std::optional<int> size = sizeOf(*value);
      return size && isOrdered(condition.comparator, Number(*size) <=> given[0].number);
    }
    default:
      return false;
  }
}

std::string write(const Condition& condition, Placeholders& placeholders) {
  using Kind = Condition::Kind;
  if (condition.kind == Kind::kAnd || condition.kind == Kind::kOr) {
    std::vector<std::string> parts;
    for (const Condition& child : condition.children) {
      const bool is_leaf = child.children.empty() && child.kind != Kind::kBetween;
      const std::string part = write(child, placeholders);
      parts.push_back(is_leaf ? part : "(" + part + ")");
    }
    return joined(parts, condition.kind == Kind::kAnd ? " AND " : " OR ");
  }
  if (condition.kind == Kind::kNot) return "NOT (" + write(condition.children[0], placeholders) + ")";

  const std::string path = placeholders.path(condition.path);
  if (condition.kind == Kind::kComparePaths) {
    return path + symbolOf(condition.comparator) + placeholders.path(condition.other);
  }
  std::vector<std::string> given;
  for (const Value& value : condition.values) given.push_back(placeholders.value(value));
  switch (condition.kind) {
    case Kind::kExists:
      return "attribute_exists(" + path + ")";
    case Kind::kNotExists:
      return "attribute_not_exists(" + path + ")";
    case Kind::kCompare:
      return path + symbolOf(condition.comparator) + given[0];
    case Kind::kBetween:
      return path + " BETWEEN " + given[0] + " AND " + given[1];
    case Kind::kIn:
      return path + " IN (" + joined(given, ", ") + ")";
    case Kind::kType:
      return "attribute_type(" + path + ", " + given[0] + ")";
    case Kind::kBeginsWith:
      return "begins_with(" + path + ", " + given[0] + ")";
    case Kind::kContains:
      return "contains(" + path + ", " + given[0] + ")";
    case Kind::kSize:
      return "size(" + path + ")" + symbolOf(condition.comparator) + given[0];
    default:
      return {};
  }
}

std::optional<LegacyCondition> writeLegacy(const Condition& condition) {
  if (hasLegacyForm(condition)) return LegacyCondition{legacyMember(condition), {}};
  if (condition.kind != Condition::Kind::kAnd && condition.kind != Condition::Kind::kOr) return std::nullopt;
  LegacyCondition legacy;
  std::set<std::string> attributes;
  for (const Condition& child : condition.children) {
    if (!hasLegacyForm(child) || !attributes.insert(child.path.attribute).second) return std::nullopt;
    legacy.members += (legacy.members.empty() ? "" : ",") + legacyMember(child);
  }
  legacy.joined_by = condition.kind == Condition::Kind::kAnd ? "AND" : "OR";
  return legacy;
}

}  // namespace ddblog::model
