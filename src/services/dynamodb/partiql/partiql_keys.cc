#include "services/dynamodb/partiql/partiql_keys.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "expression/key_condition.h"
#include "expression/scalar_order.h"

namespace ddblog::dynamodb {
namespace {

// Collects the parts of an AND, or the condition itself.
void collectConjuncts(const Condition& condition, std::vector<const Condition*>& conjuncts) {
  if (condition.kind != Condition::Kind::kAnd) {
    conjuncts.push_back(&condition);
    return;
  }
  for (const Condition& child : condition.children) collectConjuncts(child, conjuncts);
}

std::vector<const Condition*> conjunctsOf(const std::optional<Condition>& where) {
  std::vector<const Condition*> conjuncts;
  if (where) collectConjuncts(*where, conjuncts);
  return conjuncts;
}

bool isKeyAttribute(const Table& table, std::string_view name) {
  const auto is_it = [&](const KeyAttribute& attribute) { return attribute.name == name; };
  return std::any_of(table.key.hash.begin(), table.key.hash.end(), is_it) ||
         std::any_of(table.key.range.begin(), table.key.range.end(), is_it);
}

std::size_t keySize(const Table& table) { return table.key.hash.size() + table.key.range.size(); }

std::optional<KeyComparison> equalityOf(const Table& table, const Condition& condition) {
  auto comparison = asKeyComparison(condition);
  if (!comparison || comparison->key_operator != KeyOperator::kEqual) return std::nullopt;
  if (!isKeyAttribute(table, comparison->attribute)) return std::nullopt;
  return comparison;
}

// "pk IN ['a']" as "pk = 'a'".
Condition withoutSingleChoice(const Condition& condition) {
  if (condition.kind != Condition::Kind::kIn || condition.operands.size() != 2) return condition;
  return Condition::compare(condition.operands[0], Comparator::kEqual, condition.operands[1]);
}

void checkIsScalar(const KeyAttribute& attribute, const AttributeValue& value) {
  if (isScalar(value)) return;
  throw NoKeyValue("Key value must be of type S, N, or B. Key name: " + attribute.name +
                   ", Key type: " + std::string(typeName(value.type())));
}

void checkIsOfType(const KeyAttribute& attribute, const AttributeValue& value) {
  if (value.type() == attribute.type) return;
  throw validationError("Key attribute's data type should match its data type in table's schema: Key " +
                        attribute.name);
}

// Visits the attributes of the table's key that the item has.
template <class Check>
void forEachKeyValue(const Table& table, const Item& item, Check check) {
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      const auto found = item.find(attribute.name);
      if (found != item.end()) check(attribute, found->second);
    }
  }
}

}  // namespace

void checkKeyType(const KeyAttribute& attribute, const AttributeValue& value) {
  checkIsScalar(attribute, value);
  checkIsOfType(attribute, value);
}

void checkKeyTypes(const Table& table, const Item& key) { forEachKeyValue(table, key, checkKeyType); }

void checkInsertedTypes(const Table& table, const Item& item) { forEachKeyValue(table, item, checkIsOfType); }

NamedItem namedItem(const Table& table, const std::optional<Condition>& where) {
  NamedItem item;
  std::vector<Condition> others;
  for (const Condition* conjunct : conjunctsOf(where)) {
    const auto equality = equalityOf(table, *conjunct);
    if (!equality) {
      others.push_back(*conjunct);
      continue;
    }
    const auto [known, is_new] = item.key.emplace(equality->attribute, equality->values[0]);
    if (!is_new && !(known->second == equality->values[0])) {
      throw validationError("Multiple conditions on same key " + equality->attribute +
                            ". Only single item Update/Insert/Delete are supported");
    }
  }
  if (item.key.size() != keySize(table)) {
    throw validationError("Where clause does not contain a mandatory equality on all key attributes");
  }
  forEachKeyValue(table, item.key, checkIsScalar);
  if (!others.empty()) item.condition = Condition::all(std::move(others));
  return item;
}

std::optional<Item> namedKey(const Table& table, const std::optional<Condition>& where) {
  Item key;
  for (const Condition* conjunct : conjunctsOf(where)) {
    const auto equality = equalityOf(table, withoutSingleChoice(*conjunct));
    if (!equality) return std::nullopt;
    const auto [known, is_new] = key.emplace(equality->attribute, equality->values[0]);
    if (!is_new && !(known->second == equality->values[0])) return std::nullopt;
  }
  if (key.size() != keySize(table)) return std::nullopt;
  return key;
}

}  // namespace ddblog::dynamodb
