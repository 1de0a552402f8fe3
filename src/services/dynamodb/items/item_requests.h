// The common parts of item operations' requests: table, items, expressions, and what to return.
//
// Operations use these in the order in which DynamoDB reports errors: read all fields,
// request.finish(), expressions.checkTogether(), the items' values, relations between other fields,
// then the expressions.
//
// Thread safety: none; each belongs to one request on one thread.
#pragma once

#include <exception>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "expression/condition.h"
#include "expression/key_condition.h"
#include "expression/projection.h"
#include "expression/substitutions.h"
#include "expression/update.h"
#include "item/attribute_value.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/items/member_checks.h"

namespace ddblog::dynamodb {

class LegacyConditions;

// The service's class names of the structures in its requests, shown in errors for other JSON.
namespace java {
inline constexpr std::string_view kString = "java.lang.String";
inline constexpr std::string_view kAttributeValue = "com.amazonaws.dynamodb.v20120810.AttributeValue";
inline constexpr std::string_view kExpected = "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue";
inline constexpr std::string_view kCondition = "com.amazonaws.dynamodb.v20120810.Condition";
inline constexpr std::string_view kUpdateOfAttribute = "com.amazonaws.dynamodb.v20120810.AttributeValueUpdate";
inline constexpr std::string_view kKeysAndAttributes = "com.amazonaws.dynamodb.v20120810.KeysAndAttributes";
inline constexpr std::string_view kWriteRequest = "com.amazonaws.dynamodb.v20120810.WriteRequest";
inline constexpr std::string_view kPutRequest = "com.amazonaws.dynamodb.v20120810.PutRequest";
inline constexpr std::string_view kDeleteRequest = "com.amazonaws.dynamodb.v20120810.DeleteRequest";
inline constexpr std::string_view kTransactWriteItem = "com.amazonaws.dynamodb.v20120810.TransactWriteItem";
inline constexpr std::string_view kTransactGetItem = "com.amazonaws.dynamodb.v20120810.TransactGetItem";
}  // namespace java

// Whether all tables' names in a batch's RequestItems are valid; the next function collects the
// broken constraint if they are not.
bool haveTableNames(const json::object& request_items);
void refuseTableNames(rpc::ObjectReader& fields);
CapacityReport readCapacityReport(rpc::ObjectReader& fields);
CapacityReport capacityReport(const OptionalString& given);               // of a validated string
bool readMetricsWanted(rpc::ObjectReader& fields);                        // ReturnItemCollectionMetrics
bool readReturnsItemOnFailure(rpc::ObjectReader& fields);                 // ReturnValuesOnConditionCheckFailure
std::vector<std::string> readAttributesToGet(rpc::ObjectReader& fields);  // empty: not given
void refuseDuplicateAttributes(const std::vector<std::string>& attributes_to_get);

// A value of a request. A wrong JSON type is rejected when it is read; other errors are kept until
// it is taken, because broken constraints of fields take precedence.
template <class T>
class Deferred {
 public:
  Deferred() = default;
  template <class Read>
  explicit Deferred(Read read) {
    try {
      value_ = read();
    } catch (const ApiError& error) {
      if (error.type() == "SerializationException") throw;
      refused_ = std::current_exception();
    }
  }
  T take() {
    if (refused_) std::rethrow_exception(refused_);
    return std::move(value_);
  }

 private:
  T value_;
  std::exception_ptr refused_;
};

using DeferredItem = Deferred<Item>;
using DeferredValue = Deferred<AttributeValue>;
// A field that is an item or a key; empty if it is absent.
DeferredItem deferItem(rpc::ObjectReader& fields, std::string_view name, MessageStyle style, bool required = true);
DeferredItem deferItem(const json::object& wire, MessageStyle style);
DeferredValue deferValue(const json::value& wire,
                         MessageStyle style = MessageStyle::kCurrent);  // legacy parameters have the newer

// PutItem, UpdateItem and DeleteItem report request-level errors like a broken constraint of a
// field: "1 validation error detected: …". Errors that depend on the table or the item, and
// malformed values, have no such prefix.
template <class Check>
void inEnvelope(Check check) {
  try {
    check();
  } catch (const MalformedValue&) {
    throw;
  } catch (const ApiError& error) {
    if (error.type() != "ValidationException") throw;
    throw validationError("1 validation error detected: " + error.message());
  }
}

// The expression parameters of a request or of one action of a transaction.
class ExpressionParameters {
 public:
  using Names = std::vector<std::string_view>;

  // `expressions` and `legacy`: the operation's parameters, in the order in which errors list them.
  ExpressionParameters(rpc::ObjectReader& fields, Names expressions, Names legacy, const Substitutions::Use& use);

  // Rejects expressions beside legacy parameters, and names or values without an expression.
  // `names_missing`: whether the error for values names the missing expressions.
  void checkTogether(bool names_missing = true) const;

  // Reads names and values. Call it before the expressions, and those in DynamoDB's order: update,
  // condition, key condition, filter, projection. At the end, call refuseUnused().
  void readSubstitutions();
  void refuseEmptyCondition() const;  // takes precedence over all errors of an UpdateExpression
  std::optional<Update> update();
  std::optional<Condition> condition();
  std::optional<Condition> keyCondition();  // only parsed (expression/key_condition.h, keyComparisonsOf)
  std::optional<Condition> filter();
  std::optional<Projection> projection();
  void refuseUnused() const;

  bool has(std::string_view expression) const { return texts_.contains(expression); }

 private:
  bool anyThatTakesValues() const;
  const std::string* text(std::string_view expression) const;

  Names expressions_;
  std::map<std::string, std::string, std::less<>> texts_;
  Names legacy_given_;
  const json::object* names_;
  const json::object* values_;
  Deferred<Substitutions> held_substitutions_;
  Substitutions substitutions_;
};

// The common part of PutItem, UpdateItem and DeleteItem. The constructor reads it; the operation
// calls the checks after reading all its fields.
struct WriteParameters {
  // `item`: the name of the field with the item or its key.
  WriteParameters(rpc::ObjectReader& fields, std::string_view item);

  // Checks the members of PutItem and DeleteItem, in that order. Collects broken constraints;
  // throws at once for an empty name.
  void checkPut(MemberChecks& checks) const;
  void checkDelete(MemberChecks& checks) const;
  // Checks UpdateItem's members: throws the first group of broken constraints.
  void checkUpdate(MemberChecks& checks, const LegacyConditions& expected) const;

  CapacityReport report() const { return capacityReport(capacity); }
  bool wantsMetrics() const { return metrics == "SIZE"; }
  bool returnsItemOnFailure() const { return on_failure == "ALL_OLD"; }
  bool returnsOld() const { return return_values == "ALL_OLD"; }

  OptionalString table;  // TableName as in the request
  bool has_item = false;
  DeferredItem item;
  OptionalString capacity;
  OptionalString return_values;
  OptionalString metrics;
  OptionalString on_failure;

  const std::string& tableName() const { return *table; }
};

// The response of a write of one item. `attributes`: what ReturnValues asks for, as JSON; empty:
// nothing.
std::string writeAnswer(const WriteParameters& parameters, const Table& table, const ItemWrite& write,
                        const ItemChange& change, const std::string& attributes);

}  // namespace ddblog::dynamodb
