// The conditions that predate expressions: Expected (of writes), QueryFilter, ScanFilter and
// KeyConditions, with ConditionalOperator. They are translated into the trees of expressions, so
// there is one evaluator.
//
//   LegacyConditions expected(fields, LegacyConditions::kExpected);   // reads the fields
//   request.finish();
//   auto condition = expected.condition();                            // rejects invalid combinations
//
// Errors are ValidationException; dynalite's tests recorded the messages from the service
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

  // Collects conditions of filters and keys without a ComparisonOperator as broken constraints.
  void checkMembers(MemberChecks& checks) const;
  bool lacksOperator() const;
  // Collects an invalid ConditionalOperator as a broken constraint (the legacy validation of Scan).
  void checkJoin(MemberChecks& checks) const;
  void checkOperator() const;
  // The condition of Expected or a filter; std::nullopt: absent or empty. Calls checkOperator
  // first.
  std::optional<Condition> condition();

 private:
  friend class LegacyKeyConditions;

  // One attribute's condition, as in the request.
  struct Entry {
    std::string attribute;
    std::optional<std::string> comparison;
    std::optional<DeferredValue> value;              // Expected only
    std::optional<std::vector<DeferredValue>> list;  // AttributeValueList
    std::optional<bool> exists;                      // Expected only
  };
  // The same, validated.
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

// KeyConditions as comparisons, like those of a KeyConditionExpression.
class LegacyKeyConditions {
 public:
  explicit LegacyKeyConditions(rpc::ObjectReader& fields) : conditions_(fields, LegacyConditions::kKeyConditions) {}

  bool given() const { return conditions_.given(); }
  void checkMembers(MemberChecks& checks) const { conditions_.checkMembers(checks); }
  bool lacksOperator() const { return conditions_.lacksOperator(); }
  struct Comparisons {
    std::vector<KeyComparison> comparisons;
    bool not_indexable = false;  // an operator that keys do not support: rejected once the key's schema is known
  };
  Comparisons take();

 private:
  LegacyConditions conditions_;
};

}  // namespace ddblog::dynamodb
