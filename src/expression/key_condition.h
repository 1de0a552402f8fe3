// Key conditions: what KeyConditionExpression and the legacy KeyConditions say, held against a key
// schema.
//
// Two steps, as DynamoDB refuses in this order: the expression by itself (before the table is
// looked up), then against the key of the table or index. Keys have up to four hash and four range
// attributes.
//
//   auto comparisons = parseKeyCondition(text, substitutions);       // or made from KeyConditions
//   auto range = resolveKeyCondition(comparisons, hash, range);      // what the caller turns into a range of stored
//   keys
//
// Thread safety: value types and free functions without state.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/condition.h"
#include "expression/substitutions.h"
#include "item/attribute_value.h"

namespace ddblog {

enum class KeyOperator { kEqual, kLess, kLessOrEqual, kGreaterOrEqual, kGreater, kBetween, kBeginsWith };

// One attribute's condition. kBetween has two values, the others one.
struct KeyComparison {
  std::string attribute;
  KeyOperator key_operator = KeyOperator::kEqual;
  std::vector<AttributeValue> values;
};

// Throws ApiError ValidationException: syntax, operators that no key takes, two conditions on one
// attribute.
std::vector<KeyComparison> parseKeyCondition(std::string_view text, Substitutions& substitutions);

// What a condition says about one attribute, if keys take conditions of its kind; std::nullopt:
// they do not. (PartiQL finds the key conditions in a WHERE clause by this.)
std::optional<KeyComparison> asKeyComparison(const Condition& condition);

struct KeyAttributeName {
  std::string name;
  AttributeValue::Type type;  // kString, kNumber or kBinary
};

struct KeyRange {
  std::vector<AttributeValue> hash;         // all of them, in the schema's order
  std::vector<AttributeValue> range_equal;  // the first range attributes, as far as they are given with =
  std::optional<KeyComparison> range_last;  // the condition on the range attribute after those; never kEqual
};

// Throws ApiError ValidationException: a hash attribute that is missing or not given with =, an
// attribute that is not in the key, a gap between range attributes, a value of another type than
// the key's, an empty key value.
KeyRange resolveKeyCondition(const std::vector<KeyComparison>& comparisons, const std::vector<KeyAttributeName>& hash,
                             const std::vector<KeyAttributeName>& range);

}  // namespace ddblog
