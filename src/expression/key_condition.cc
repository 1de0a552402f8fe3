#include "expression/key_condition.h"

#include <algorithm>

#include "base/api_error.h"
#include "expression/condition.h"

namespace ddblog {

namespace {

constexpr const char* kInvalidCondition =
    "Invalid KeyConditionExpression: Invalid condition in KeyConditionExpression: ";

// The name of an operator that keys do not support; empty for others.
std::string_view refusedOperator(const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::kOr:
      return "OR";
    case Condition::Kind::kNot:
      return "NOT";
    case Condition::Kind::kIn:
      return "IN";
    case Condition::Kind::kAttributeExists:
      return "attribute_exists";
    case Condition::Kind::kAttributeNotExists:
      return "attribute_not_exists";
    case Condition::Kind::kAttributeType:
      return "attribute_type";
    case Condition::Kind::kContains:
      return "contains";
    case Condition::Kind::kCompare:
      return condition.comparator == Comparator::kNotEqual ? "<>" : "";
    default:
      return "";
  }
}

// `turned`: the attribute is on the right-hand side.
KeyOperator keyOperator(const Condition& condition, bool turned) {
  if (condition.kind == Condition::Kind::kBetween) return KeyOperator::kBetween;
  if (condition.kind == Condition::Kind::kBeginsWith) return KeyOperator::kBeginsWith;
  switch (condition.comparator) {
    case Comparator::kLess:
      return turned ? KeyOperator::kGreater : KeyOperator::kLess;
    case Comparator::kLessOrEqual:
      return turned ? KeyOperator::kGreaterOrEqual : KeyOperator::kLessOrEqual;
    case Comparator::kGreaterOrEqual:
      return turned ? KeyOperator::kLessOrEqual : KeyOperator::kGreaterOrEqual;
    case Comparator::kGreater:
      return turned ? KeyOperator::kLess : KeyOperator::kGreater;
    default:
      return KeyOperator::kEqual;
  }
}

const DocumentPath* pathOf(const Operand& operand) { return std::get_if<DocumentPath>(&operand.what); }

void checkFirstOperand(const Condition& condition) {
  const bool between = condition.kind == Condition::Kind::kBetween;
  if (!between && condition.kind != Condition::Kind::kBeginsWith) return;
  if (pathOf(condition.operands[0])) return;
  throw validationError(std::string(kInvalidCondition) + (between ? "BETWEEN" : "begins_with") +
                        " operator must have the key attribute as its first operand");
}

void collect(const Condition& condition, std::vector<KeyComparison>& comparisons) {
  if (condition.kind == Condition::Kind::kAnd) {
    for (const Condition& child : condition.children) collect(child, comparisons);
    return;
  }
  if (const std::string_view name = refusedOperator(condition); !name.empty()) {
    throw validationError("Invalid operator used in KeyConditionExpression: " + std::string(name));
  }
  checkFirstOperand(condition);
  KeyComparison comparison;
  bool turned = false;
  for (std::size_t i = 0; i < condition.operands.size(); ++i) {
    const Operand& operand = condition.operands[i];
    if (std::holds_alternative<Operand::Size>(operand.what)) {
      throw validationError("KeyConditionExpressions cannot contain nested operations");
    }
    if (const auto* value = std::get_if<std::shared_ptr<const AttributeValue>>(&operand.what)) {
      comparison.values.push_back(**value);
      continue;
    }
    const DocumentPath& path = *pathOf(operand);
    if (!comparison.attribute.empty()) {
      throw validationError(std::string(kInvalidCondition) + "Multiple attribute names used in one condition");
    }
    if (!path.steps.empty()) {
      throw validationError(
          "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes");
    }
    comparison.attribute = path.attribute;
    turned = i > 0;
  }
  if (comparison.attribute.empty()) {
    throw validationError(std::string(kInvalidCondition) + "No key attribute specified");
  }
  comparison.key_operator = keyOperator(condition, turned);
  const auto same = [&](const KeyComparison& other) { return other.attribute == comparison.attribute; };
  if (std::any_of(comparisons.begin(), comparisons.end(), same)) {
    throw validationError(
        "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key");
  }
  comparisons.push_back(std::move(comparison));
}

const KeyComparison* findComparison(const std::vector<KeyComparison>& comparisons, std::string_view attribute) {
  for (const KeyComparison& comparison : comparisons) {
    if (comparison.attribute == attribute) return &comparison;
  }
  return nullptr;
}

[[noreturn]] void refuseMissed(std::string_view attribute) {
  throw validationError("Query condition missed key schema element: " + std::string(attribute));
}
[[noreturn]] void refuseCondition() { throw validationError("Query key condition not supported"); }

void checkValues(const KeyComparison& comparison, const KeyAttributeName& key) {
  for (const AttributeValue& value : comparison.values) {
    if (value.type() != key.type) {
      throw validationError(
          "One or more parameter values were invalid: Condition parameter type does not match schema type");
    }
    const auto* binary = value.getIf<AttributeValue::Binary>();
    const bool empty = binary ? binary->bytes.empty() : value.is<std::string>() && value.string().empty();
    if (empty) {
      throw validationError(
          std::string("One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
                      "contain an empty ") +
          (binary ? "binary" : "string") + " value. Key: " + key.name);
    }
  }
}

bool isEqual(const KeyComparison* comparison) { return comparison && comparison->key_operator == KeyOperator::kEqual; }

void appendName(std::string& names, const std::string& name) {
  if (!names.empty()) names += ", ";
  names += name;
}

// Every hash attribute must be compared with =. Keys of several attributes have their own error
// messages.
void checkHash(const std::vector<KeyComparison>& comparisons, const std::vector<KeyAttributeName>& hash,
               bool several_range) {
  std::string missing;
  for (const KeyAttributeName& key : hash) {
    const KeyComparison* comparison = findComparison(comparisons, key.name);
    if (isEqual(comparison)) continue;
    if (hash.size() == 1 && !several_range) {
      if (!comparison) refuseMissed(key.name);
      refuseCondition();
    }
    appendName(missing, key.name);
  }
  if (missing.empty()) return;
  throw validationError("HASH key attributes " + missing + " must have equality conditions specified in the query");
}

// All other conditions must be on range attributes, with = on each but the last.
void checkRange(const std::vector<KeyComparison>& comparisons, const std::vector<KeyAttributeName>& hash,
                const std::vector<KeyAttributeName>& range) {
  std::size_t used = hash.size();
  std::size_t last = 0;
  for (std::size_t i = 0; i < range.size(); ++i) {
    if (!findComparison(comparisons, range[i].name)) continue;
    ++used;
    last = i;
  }
  if (used < comparisons.size()) {
    for (const KeyAttributeName& key : range) {
      if (!findComparison(comparisons, key.name)) refuseMissed(key.name);
    }
  }
  std::string missing;
  for (std::size_t i = 0; i < last; ++i) {
    if (!isEqual(findComparison(comparisons, range[i].name))) appendName(missing, range[i].name);
  }
  if (missing.empty()) return;
  throw validationError("RANGE key attributes " + missing +
                        " must have equality conditions specified in the query because a condition is present on key "
                        "attribute " +
                        range[last].name);
}

}  // namespace

std::vector<KeyComparison> parseKeyCondition(std::string_view text, Substitutions& substitutions) {
  return keyComparisonsOf(parseCondition(text, ExpressionKind::kKeyCondition, substitutions));
}

std::vector<KeyComparison> keyComparisonsOf(const Condition& condition) {
  std::vector<KeyComparison> comparisons;
  collect(condition, comparisons);
  return comparisons;
}

std::optional<KeyComparison> asKeyComparison(const Condition& condition) {
  if (condition.kind == Condition::Kind::kAnd || condition.kind == Condition::Kind::kSame) return std::nullopt;
  if (!refusedOperator(condition).empty()) return std::nullopt;
  KeyComparison comparison;
  const DocumentPath* path = nullptr;
  std::size_t place = 0;
  for (std::size_t i = 0; i < condition.operands.size(); ++i) {
    const Operand& operand = condition.operands[i];
    if (const auto* value = std::get_if<std::shared_ptr<const AttributeValue>>(&operand.what)) {
      comparison.values.push_back(**value);
    } else if (pathOf(operand) && !path) {
      path = pathOf(operand);
      place = i;
    } else {
      return std::nullopt;
    }
  }
  const bool first_only = condition.kind != Condition::Kind::kCompare;
  if (!path || !path->steps.empty() || (first_only && place > 0)) return std::nullopt;
  comparison.attribute = path->attribute;
  comparison.key_operator = keyOperator(condition, place > 0);
  return comparison;
}

KeyRange resolveKeyCondition(const std::vector<KeyComparison>& comparisons, const std::vector<KeyAttributeName>& hash,
                             const std::vector<KeyAttributeName>& range) {
  const std::size_t most = hash.size() + range.size();
  if (comparisons.size() > most) {
    throw validationError("The number of query conditions (" + std::to_string(comparisons.size()) +
                          ") exceeds the number of key attributes defined in the schema (" + std::to_string(most) +
                          ")");
  }
  checkHash(comparisons, hash, range.size() > 1);

  KeyRange result;
  for (const KeyAttributeName& key : hash) {
    const KeyComparison& comparison = *findComparison(comparisons, key.name);
    checkValues(comparison, key);
    result.hash.push_back(comparison.values[0]);
  }
  checkRange(comparisons, hash, range);
  for (const KeyAttributeName& key : range) {
    const KeyComparison* comparison = findComparison(comparisons, key.name);
    if (!comparison) break;
    checkValues(*comparison, key);
    if (comparison->key_operator == KeyOperator::kEqual) {
      result.range_equal.push_back(comparison->values[0]);
      continue;
    }
    if (comparison->key_operator == KeyOperator::kBeginsWith && key.type == AttributeValue::Type::kNumber) {
      refuseCondition();
    }
    result.range_last = *comparison;
  }
  return result;
}

}  // namespace ddblog
