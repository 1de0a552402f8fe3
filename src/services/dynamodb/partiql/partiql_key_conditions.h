// What the WHERE clause of a SELECT says about the key of a table or an index. The clause holds if
// one of its branches does; each branch is split into conditions on key attributes and other
// conditions.
//
// Errors: ApiError with PartiQL's messages; TooManyBranches. Thread safety: reads only; the schema
// and the clause must outlive it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "expression/condition.h"
#include "expression/key_condition.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

// One branch of the clause: all of its conditions together fulfil the clause.
struct WhereBranch {
  std::vector<KeyComparison> keys;
  std::vector<const Condition*> others;
};

// The clause has more branches than limits::kDecomposedReads.
struct TooManyBranches {};

class KeyConditions {
 public:
  // `index`: nullptr for the table's own key.
  KeyConditions(const Table& table, const Index* index) : schema_(index ? index->key : table.key) {}

  // Throws TooManyBranches.
  std::vector<WhereBranch> branches(const Condition& where) const { return spread(where); }

  // Whether every branch of the condition gives the hash key a value.
  bool pinsPartition(const Condition& condition) const;

  // The values that a branch gives the hash key; std::nullopt: it gives not all of them, or two
  // different ones for one attribute.
  std::optional<std::vector<AttributeValue>> partitionOf(const WhereBranch& branch) const;

  // Throws if the condition compares a key attribute with a value that it cannot have.
  void checkTypes(const Condition& condition) const;

 private:
  const KeyAttribute* find(std::string_view name) const;
  bool isHash(std::string_view name) const;
  // The choices that the condition leaves for a key attribute: one, or several for an IN. Empty: it
  // is not a condition that a key can take.
  std::vector<KeyComparison> keyChoices(const Condition& condition) const;
  bool namesKey(const Condition& condition) const;
  std::vector<WhereBranch> spread(const Condition& condition) const;

  const KeySchema& schema_;
};

}  // namespace ddblog::dynamodb
