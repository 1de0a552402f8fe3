#include "services/dynamodb/partiql/partiql_key_conditions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/partiql/partiql_keys.h"

namespace ddblog::dynamodb {
namespace {

void append(WhereBranch& branch, const WhereBranch& more) {
  branch.keys.insert(branch.keys.end(), more.keys.begin(), more.keys.end());
  branch.others.insert(branch.others.end(), more.others.begin(), more.others.end());
}

// Combines each branch of `ones` with each branch of `others`.
void join(std::vector<WhereBranch>& ones, const std::vector<WhereBranch>& others) {
  if (others.size() == 1) {
    for (WhereBranch& one : ones) append(one, others.front());
    return;
  }
  if (ones.size() * others.size() > limits::kDecomposedReads) throw TooManyBranches();
  std::vector<WhereBranch> branches;
  for (const WhereBranch& one : ones) {
    for (const WhereBranch& other : others) append(branches.emplace_back(one), other);
  }
  ones = std::move(branches);
}

}  // namespace

bool KeyConditions::pinsPartition(const Condition& condition) const {
  const auto pins = [this](const Condition& child) { return pinsPartition(child); };
  switch (condition.kind) {
    case Condition::Kind::kAnd:
      return std::any_of(condition.children.begin(), condition.children.end(), pins);
    case Condition::Kind::kOr:
      return !condition.children.empty() && std::all_of(condition.children.begin(), condition.children.end(), pins);
    default:
      break;
  }
  const auto choices = keyChoices(condition);
  return !choices.empty() && isHash(choices.front().attribute);
}

std::optional<std::vector<AttributeValue>> KeyConditions::partitionOf(const WhereBranch& branch) const {
  std::vector<AttributeValue> values;
  for (const KeyAttribute& attribute : schema_.hash) {
    const AttributeValue* known = nullptr;
    for (const KeyComparison& key : branch.keys) {
      if (key.attribute != attribute.name) continue;
      if (known && !(*known == key.values[0])) return std::nullopt;
      known = &key.values[0];
    }
    if (!known) return std::nullopt;
    values.push_back(*known);
  }
  return values;
}

void KeyConditions::checkTypes(const Condition& condition) const {
  if (condition.kind == Condition::Kind::kAnd || condition.kind == Condition::Kind::kOr) {
    for (const Condition& child : condition.children) checkTypes(child);
    return;
  }
  for (const KeyComparison& key : keyChoices(condition)) {
    const KeyAttribute& attribute = *find(key.attribute);
    for (const AttributeValue& value : key.values) checkKeyType(attribute, value);
  }
}

const KeyAttribute* KeyConditions::find(std::string_view name) const {
  for (const auto* part : {&schema_.hash, &schema_.range}) {
    for (const KeyAttribute& attribute : *part) {
      if (attribute.name == name) return &attribute;
    }
  }
  return nullptr;
}

bool KeyConditions::isHash(std::string_view name) const {
  return std::any_of(schema_.hash.begin(), schema_.hash.end(),
                     [&](const KeyAttribute& attribute) { return attribute.name == name; });
}

std::vector<KeyComparison> KeyConditions::keyChoices(const Condition& condition) const {
  std::vector<KeyComparison> choices;
  if (condition.kind == Condition::Kind::kIn) {
    for (std::size_t i = 1; i < condition.operands.size(); ++i) {
      auto choice =
          asKeyComparison(Condition::compare(condition.operands[0], Comparator::kEqual, condition.operands[i]));
      if (!choice || !find(choice->attribute)) return {};
      choices.push_back(*std::move(choice));
    }
  } else if (auto comparison = asKeyComparison(condition); comparison && find(comparison->attribute)) {
    choices.push_back(*std::move(comparison));
  }
  if (!choices.empty() && isHash(choices.front().attribute) && choices.front().key_operator != KeyOperator::kEqual) {
    return {};
  }
  return choices;
}

bool KeyConditions::namesKey(const Condition& condition) const {
  if (condition.kind == Condition::Kind::kAnd || condition.kind == Condition::Kind::kOr) {
    return std::any_of(condition.children.begin(), condition.children.end(),
                       [this](const Condition& child) { return namesKey(child); });
  }
  return !keyChoices(condition).empty();
}

std::vector<WhereBranch> KeyConditions::spread(const Condition& condition) const {
  std::vector<WhereBranch> branches;
  if (condition.kind == Condition::Kind::kAnd) {
    branches.emplace_back();
    for (const Condition& child : condition.children) join(branches, spread(child));
    return branches;
  }
  if (condition.kind == Condition::Kind::kOr && namesKey(condition)) {
    for (const Condition& child : condition.children) {
      for (WhereBranch& branch : spread(child)) branches.push_back(std::move(branch));
      if (branches.size() > limits::kDecomposedReads) throw TooManyBranches();
    }
    return branches;
  }
  for (KeyComparison& choice : keyChoices(condition)) branches.push_back({{std::move(choice)}, {}});
  if (branches.size() > limits::kDecomposedReads) throw TooManyBranches();
  if (branches.empty()) branches.push_back({{}, {&condition}});
  return branches;
}

}  // namespace ddblog::dynamodb
