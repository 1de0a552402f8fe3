// The conditions that requests had before there were expressions: Expected (of writes), QueryFilter
// and ScanFilter, KeyConditions, with ConditionalOperator. Translated into the trees that
// expressions become, so there is one engine.
//
//   LegacyConditions expected(fields, LegacyConditions::kExpected);   // reads the fields
//   request.finish();
//   auto condition = expected.condition();                            // refuses what they say together
//
// Refusals are ValidationException; their words were recorded from the service by dynalite's tests
// (https://github.com/architect/dynalite, test/). Semantics:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
//
// Thread safety: none; it belongs to one request on one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/condition.h"
#include "expression/key_condition.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/items/item_requests.h"

namespace ddblog::dynamodb {

class LegacyConditions {
 public:
  enum Parameter { kExpected, kQueryFilter, kScanFilter, kKeyConditions };

  LegacyConditions(rpc::ObjectReader& fields, Parameter parameter);

  bool given() const { return given_; }

  // Conditions of filters and keys that lack their ComparisonOperator, collected as broken
  // constraints.
  void checkMembers(MemberChecks& checks) const;
  bool lacksOperator() const;
  // ConditionalOperator as a broken constraint (the older validation of Scan), and what it joins.
  void checkJoin(MemberChecks& checks) const;
  void checkOperator() const;
  // Of Expected and the filters; nullopt: not given, or empty. Also checkOperator.
  std::optional<Condition> condition();

 private:
  friend class LegacyKeyConditions;

  // One attribute's condition, as its fields have it.
  struct Entry {
    std::string attribute;
    std::optional<std::string> comparison;
    std::optional<DeferredValue> value;              // Expected only
    std::optional<std::vector<DeferredValue>> list;  // AttributeValueList
    std::optional<bool> exists;                      // Expected only
  };
  // The same, taken and checked.
  struct Checked {
    std::string attribute;
    std::string comparison;
    std::vector<AttributeValue> values;
  };

  static Checked check(Entry& entry);          // of a filter
  static Checked checkExpected(Entry& entry);  // of Expected
  static Condition translate(Checked checked);
  std::vector<Checked> take();
  std::string lowerName() const;  // "scanFilter"

  Parameter parameter_;
  bool given_ = false;
  std::vector<Entry> entries_;
  OptionalString joined_by_;  // ConditionalOperator
};

// KeyConditions: comparisons, as a KeyConditionExpression would give them.
class LegacyKeyConditions {
 public:
  explicit LegacyKeyConditions(rpc::ObjectReader& fields) : conditions_(fields, LegacyConditions::kKeyConditions) {}

  bool given() const { return conditions_.given(); }
  void checkMembers(MemberChecks& checks) const { conditions_.checkMembers(checks); }
  bool lacksOperator() const { return conditions_.lacksOperator(); }
  struct Comparisons {
    std::vector<KeyComparison> comparisons;
    bool not_indexable = false;  // an operator that no key takes: refused when the key's schema is known
  };
  Comparisons take();

 private:
  LegacyConditions conditions_;
};

}  // namespace ddblog::dynamodb
