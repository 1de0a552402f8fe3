// What the WHERE clause of a SELECT says about the key of a table or an index: the ways to meet it, each as conditions
// on key attributes and others.
//
// Errors: ApiError in PartiQL's words; TooManyBranches. Thread safety: reads only; the schema and the clause outlive
// it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "expression/condition.h"
#include "expression/key_condition.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

// One way to meet the clause: conditions on key attributes, and others.
struct WhereBranch {
  std::vector<KeyComparison> keys;
  std::vector<const Condition*> others;
};

// There are more ways than limits::kDecomposedReads.
struct TooManyBranches {};

class KeyConditions {
 public:
  // `index`: nullptr for the table's own key.
  KeyConditions(const Table& table, const Index* index) : schema_(index ? index->key : table.key) {}

  // Throws TooManyBranches.
  std::vector<WhereBranch> branches(const Condition& where) const { return spread(where); }

  // Whether every way to meet the clause gives the hash key a value.
  bool pinsPartition(const Condition& condition) const;

  // The values of the hash key that a branch gives; std::nullopt: not all, or two for one attribute.
  std::optional<std::vector<AttributeValue>> partitionOf(const WhereBranch& branch) const;

  // Refuses values that key attributes cannot have.
  void checkTypes(const Condition& condition) const;

 private:
  const KeyAttribute* find(std::string_view name) const;
  bool isHash(std::string_view name) const;
  // What the condition leaves of a key attribute, each a choice: one, or several of an IN. None: it is no condition
  // that a key takes.
  std::vector<KeyComparison> keyChoices(const Condition& condition) const;
  bool namesKey(const Condition& condition) const;
  std::vector<WhereBranch> spread(const Condition& condition) const;

  const KeySchema& schema_;
};

}  // namespace ddblog::dynamodb
