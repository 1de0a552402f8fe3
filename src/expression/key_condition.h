// Key conditions: KeyConditionExpression and the legacy KeyConditions, matched against a key
// schema.
//
// There are two steps, because DynamoDB reports errors in this order: first those of the expression
// itself (before the table is looked up), then those against the key of the table or index. Keys
// have up to four hash and four range attributes.
//
//   auto comparisons = parseKeyCondition(text, substitutions);   // or made from KeyConditions
//   auto range = resolveKeyCondition(comparisons, hash, range);  // to look up in the store
//
// Thread safety: value types and stateless functions.
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

// Throws ApiError ValidationException for syntax errors, operators that keys do not support, and
// two conditions on one attribute.
std::vector<KeyComparison> parseKeyCondition(std::string_view text, Substitutions& substitutions);
// The second step of parseKeyCondition: what a parsed condition compares keys with.
std::vector<KeyComparison> keyComparisonsOf(const Condition& condition);

// The condition as one on a key attribute; std::nullopt if keys do not support its kind. (PartiQL
// uses it to find the key conditions in a WHERE clause.)
std::optional<KeyComparison> asKeyComparison(const Condition& condition);

struct KeyAttributeName {
  std::string name;
  AttributeValue::Type type;  // kString, kNumber or kBinary
};

struct KeyRange {
  std::vector<AttributeValue> hash;         // all of them, in the schema's order
  std::vector<AttributeValue> range_equal;  // the leading range attributes that are compared with =
  std::optional<KeyComparison> range_last;  // the condition on the next range attribute; never kEqual
};

// Throws ApiError ValidationException for a hash attribute that is missing or not compared with =,
// an attribute that is not part of the key, a gap between range attributes, a value of the wrong
// type, and an empty key value.
KeyRange resolveKeyCondition(const std::vector<KeyComparison>& comparisons, const std::vector<KeyAttributeName>& hash,
                             const std::vector<KeyAttributeName>& range);

}  // namespace ddblog
