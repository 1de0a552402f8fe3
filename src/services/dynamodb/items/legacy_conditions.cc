#include "services/dynamodb/items/legacy_conditions.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/api_error.h"
#include "services/dynamodb/core/refusals.h"

namespace ddblog::dynamodb {
namespace {

using Type = AttributeValue::Type;

constexpr std::array<std::string_view, 13> kComparisons = {
    "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NE", "NOT_NULL", "LE", "GE", "BEGINS_WITH", "CONTAINS"};

std::string_view nameOf(LegacyConditions::Parameter parameter) {
  switch (parameter) {
    case LegacyConditions::kExpected:
      return "Expected";
    case LegacyConditions::kQueryFilter:
      return "QueryFilter";
    case LegacyConditions::kScanFilter:
      return "ScanFilter";
    default:
      return "KeyConditions";
  }
}

bool isScalar(Type type) { return type == Type::kString || type == Type::kNumber || type == Type::kBinary; }

void checkCount(const std::string& comparison, std::size_t count) {
  const bool fits = comparison == "NULL" || comparison == "NOT_NULL" ? count == 0
                    : comparison == "IN"                             ? count > 0
                    : comparison == "BETWEEN"                        ? count == 2
                                                                     : count == 1;
  if (!fits) {
    throw invalidParameters("Invalid number of argument(s) for the " + comparison + " ComparisonOperator");
  }
}

void checkTypes(const std::string& comparison, const std::vector<AttributeValue>& values) {
  for (const AttributeValue& value : values) {
    if (value.type() != values.front().type()) {
      throw invalidParameters("AttributeValues inside AttributeValueList must be of same type");
    }
  }
  if (comparison == "EQ" || comparison == "NE") return;
  for (const AttributeValue& value : values) {
    const bool fits = isScalar(value.type()) && !(comparison == "BEGINS_WITH" && value.type() == Type::kNumber);
    if (!fits) {
      throw invalidParameters("ComparisonOperator " + comparison + " is not valid for " +
                              std::string(typeName(value.type())) + " AttributeValue type");
    }
  }
}

// Whether low > high; both must have the same scalar type.
bool isGreater(const AttributeValue& low, const AttributeValue& high) {
  const Item item{{"low", low}};
  return evaluate(Condition::compare(Operand::attribute("low"), Comparator::kGreater, Operand::value(high)), item);
}

void checkValues(const std::string& comparison, const std::vector<AttributeValue>& values) {
  checkCount(comparison, values.size());
  checkTypes(comparison, values);
  if (comparison == "BETWEEN" && isGreater(values[0], values[1])) {
    throw validationError(
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
  }
}

std::vector<AttributeValue> takeList(std::optional<std::vector<DeferredValue>>& held) {
  std::vector<AttributeValue> values;
  if (!held) return values;
  for (DeferredValue& one : *held) values.push_back(one.take());
  return values;
}

}  // namespace

LegacyConditions::LegacyConditions(rpc::ObjectReader& fields, Parameter parameter) : parameter_(parameter) {
  auto members =
      fields.objectMap(nameOf(parameter), {.element = parameter == kExpected ? java::kExpected : java::kCondition});
  given_ = members.has_value();
  if (parameter != kKeyConditions) joined_by_ = fields.string("ConditionalOperator");
  if (!members) return;
  for (auto& [attribute, condition] : *members) {
    Entry entry;
    entry.attribute = attribute;
    if (condition.objects("AttributeValueList", {.element = java::kAttributeValue})) {
      auto& list = entry.list.emplace();
      for (const json::value& value : condition.value("AttributeValueList")->get_array()) {
        list.push_back(deferValue(value));
      }
    }
    entry.comparison = condition.string("ComparisonOperator");
    if (parameter == kExpected) {
      entry.exists = condition.boolean("Exists");
      if (condition.object("Value", false, java::kAttributeValue)) entry.value = deferValue(*condition.value("Value"));
    }
    entries_.push_back(std::move(entry));
  }
}

std::string LegacyConditions::lowerName() const {
  std::string name(nameOf(parameter_));
  name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return name;
}

bool LegacyConditions::lacksOperator() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return !entry.comparison; });
}

void LegacyConditions::checkMembers(MemberChecks& checks) const {
  for (const Entry& entry : entries_) {
    checks.present(entry.comparison.has_value(), lowerName() + "." + entry.attribute + ".member.comparisonOperator");
  }
}

void LegacyConditions::checkJoin(MemberChecks& checks) const { checks.conditionalOperator(joined_by_); }

void LegacyConditions::checkOperator() const {
  if (!joined_by_) return;
  if (entries_.empty()) throw validationError("ConditionalOperator cannot be used without Filter or Expected");
  if (entries_.size() == 1) {
    throw validationError("ConditionalOperator can only be used when Filter or Expected has two or more elements");
  }
  if (joined_by_ != "AND" && joined_by_ != "OR") {
    // AWS's message has "ALL" here.
    throw validationError("Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]");
  }
}

LegacyConditions::Checked LegacyConditions::check(Entry& entry) {
  if (!entry.attribute.empty()) checkAttributeName(entry.attribute);
  if (std::find(kComparisons.begin(), kComparisons.end(), *entry.comparison) == kComparisons.end()) {
    throw invalidParameters("Invalid comparison operator");
  }
  Checked checked{entry.attribute, *entry.comparison, takeList(entry.list)};
  checkValues(checked.comparison, checked.values);
  return checked;
}

LegacyConditions::Checked LegacyConditions::checkExpected(Entry& entry) {
  checkAttributeName(entry.attribute);
  const std::string of_attribute = " for Attribute: " + entry.attribute;
  if (entry.list && entry.value) {
    throw invalidParameters("Value and AttributeValueList cannot be used together" + of_attribute);
  }
  if (entry.comparison) {
    if (entry.exists) {
      throw invalidParameters("Exists and ComparisonOperator cannot be used together" + of_attribute);
    }
    const bool takes_none = entry.comparison == "NULL" || entry.comparison == "NOT_NULL";
    if (!takes_none && !entry.list && !entry.value) {
      throw invalidParameters("Value or AttributeValueList must be used with ComparisonOperator: " + *entry.comparison +
                              of_attribute);
    }
    if (entry.value) entry.list.emplace().push_back(*std::exchange(entry.value, std::nullopt));
    return check(entry);
  }
  if (entry.list) {
    throw invalidParameters("AttributeValueList can only be used with a ComparisonOperator" + of_attribute);
  }
  if (entry.exists.value_or(true)) {
    if (!entry.value) {
      throw invalidParameters(std::string("Value must be provided when Exists is ") + (entry.exists ? "true" : "null") +
                              of_attribute);
    }
    return {entry.attribute, "EQ", {entry.value->take()}};
  }
  if (entry.value) throw invalidParameters("Value cannot be used when Exists is false" + of_attribute);
  return {entry.attribute, "NULL", {}};
}

std::vector<LegacyConditions::Checked> LegacyConditions::take() {
  std::vector<Checked> checked;
  for (Entry& entry : entries_) checked.push_back(parameter_ == kExpected ? checkExpected(entry) : check(entry));
  return checked;
}

Condition LegacyConditions::translate(Checked checked) {
  static const std::map<std::string, Comparator, std::less<>> comparators = {
      {"EQ", Comparator::kEqual},       {"NE", Comparator::kNotEqual},       {"LT", Comparator::kLess},
      {"LE", Comparator::kLessOrEqual}, {"GE", Comparator::kGreaterOrEqual}, {"GT", Comparator::kGreater}};
  const DocumentPath path{checked.attribute, {}};
  std::vector<Operand> values;
  for (AttributeValue& value : checked.values) values.push_back(Operand::value(std::move(value)));

  const std::string& comparison = checked.comparison;
  if (comparison == "NULL") return Condition::attributeNotExists(path);
  if (comparison == "NOT_NULL") return Condition::attributeExists(path);
  if (comparison == "IN") return Condition::in(Operand::path(path), std::move(values));
  if (comparison == "BETWEEN") return Condition::between(Operand::path(path), values[0], values[1]);
  if (comparison == "BEGINS_WITH") return Condition::beginsWith(Operand::path(path), values[0]);
  if (comparison == "CONTAINS") return Condition::contains(Operand::path(path), values[0]);
  if (comparison == "NOT_CONTAINS") {
    // Also false for an item without the attribute.
    return Condition::both(Condition::attributeExists(path),
                           Condition::negate(Condition::contains(Operand::path(path), values[0])));
  }
  return Condition::compare(Operand::path(path), comparators.at(comparison), values[0]);
}

std::optional<Condition> LegacyConditions::condition() {
  checkOperator();
  if (entries_.empty()) return std::nullopt;
  std::vector<Condition> conditions;
  for (Checked& checked : take()) conditions.push_back(translate(std::move(checked)));
  return joined_by_ == "OR" ? Condition::any(std::move(conditions)) : Condition::all(std::move(conditions));
}

LegacyKeyConditions::Comparisons LegacyKeyConditions::take() {
  static const std::map<std::string, KeyOperator, std::less<>> operators = {{"EQ", KeyOperator::kEqual},
                                                                            {"LT", KeyOperator::kLess},
                                                                            {"LE", KeyOperator::kLessOrEqual},
                                                                            {"GE", KeyOperator::kGreaterOrEqual},
                                                                            {"GT", KeyOperator::kGreater},
                                                                            {"BETWEEN", KeyOperator::kBetween},
                                                                            {"BEGINS_WITH", KeyOperator::kBeginsWith}};
  Comparisons taken;
  for (LegacyConditions::Checked& checked : conditions_.take()) {
    auto known = operators.find(checked.comparison);
    taken.not_indexable = taken.not_indexable || known == operators.end();
    if (known == operators.end()) continue;
    taken.comparisons.push_back({checked.attribute, known->second, std::move(checked.values)});
  }
  return taken;
}

}  // namespace ddblog::dynamodb
