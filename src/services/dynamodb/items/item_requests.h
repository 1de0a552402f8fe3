// What the requests of several item operations have in common: table, items, expressions, what they
// want answered.
//
// The order in which DynamoDB refuses is the order in which an operation uses these: read all
// fields, request.finish(), expressions.checkTogether(), the items' values, relations between other
// fields, then the expressions themselves.
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

// The service's own names of the structures in its requests, which its refusals of other JSON show.
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

// The tables' names in RequestItems of a batch: whether all may be some, and the broken constraint
// if not.
bool haveTableNames(const json::object& request_items);
void refuseTableNames(rpc::ObjectReader& fields);
CapacityReport readCapacityReport(rpc::ObjectReader& fields);
CapacityReport capacityReport(const OptionalString& given);               // of a text that was checked
bool readMetricsWanted(rpc::ObjectReader& fields);                        // ReturnItemCollectionMetrics
bool readReturnsItemOnFailure(rpc::ObjectReader& fields);                 // ReturnValuesOnConditionCheckFailure
std::vector<std::string> readAttributesToGet(rpc::ObjectReader& fields);  // empty: not given
void refuseDuplicateAttributes(const std::vector<std::string>& attributes_to_get);

// A value of a request whose wrong JSON types are refused when it is read, but whose other refusals
// are kept until it is taken: constraints of fields come before them.
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
// A field that is an item or a key; empty if it is not given.
DeferredItem deferItem(rpc::ObjectReader& fields, std::string_view name, MessageStyle style, bool required = true);
DeferredItem deferItem(const json::object& wire, MessageStyle style);
DeferredValue deferValue(const json::value& wire,
                         MessageStyle style = MessageStyle::kCurrent);  // legacy parameters have the newer

// PutItem, UpdateItem and DeleteItem say what is wrong with a request by itself as if a field's
// constraint was broken: "1 validation error detected: …". What needs the table or the item, and a
// malformed value, they say without it.
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

// The expression parameters of a request, or of one action of a transaction.
class ExpressionParameters {
 public:
  using Names = std::vector<std::string_view>;

  // `expressions` and `legacy`: the parameters that the operation has, in the order in which
  // refusals list them.
  ExpressionParameters(rpc::ObjectReader& fields, Names expressions, Names legacy, const Substitutions::Use& use);

  // Refuses expressions beside legacy parameters, and names or values that no expression is there
  // for. `names_missing`: whether the refusal of values says which expressions are missing.
  void checkTogether(bool names_missing = true) const;

  // Reads names and values. Then the expressions, in DynamoDB's order: update, condition, key
  // condition, filter, projection. Last, what was not used is refused.
  void readSubstitutions();
  void refuseEmptyCondition() const;  // comes before all that an UpdateExpression is refused for
  std::optional<Update> update();
  std::optional<Condition> condition();
  std::optional<std::vector<KeyComparison>> keyCondition();
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
  Substitutions::Use use_;
  Substitutions substitutions_;
};

// What PutItem, UpdateItem and DeleteItem have in common. The constructor reads it; the checks are
// for the operation to call when it has read all its fields.
struct WriteParameters {
  // `item`: the field that holds the item or its key.
  WriteParameters(rpc::ObjectReader& fields, std::string_view item);

  // The members of PutItem and DeleteItem, in that order. Collects what is broken; throws at once
  // for an empty name.
  void checkPut(MemberChecks& checks) const;
  void checkDelete(MemberChecks& checks) const;
  // UpdateItem's: throws the first group that is broken.
  void checkUpdate(MemberChecks& checks, const LegacyConditions& expected) const;

  CapacityReport report() const { return capacityReport(capacity); }
  bool wantsMetrics() const { return metrics == "SIZE"; }
  bool returnsItemOnFailure() const { return on_failure == "ALL_OLD"; }
  bool returnsOld() const { return return_values == "ALL_OLD"; }

  OptionalString table;  // TableName as it is given
  bool has_item = false;
  DeferredItem item;
  OptionalString capacity;
  OptionalString return_values;
  OptionalString metrics;
  OptionalString on_failure;

  const std::string& tableName() const { return *table; }
};

// The answer of a write of one item. `attributes`: what ReturnValues asks for, as JSON; empty:
// nothing.
std::string writeAnswer(const WriteParameters& parameters, const Table& table, const ItemWrite& write,
                        const ItemChange& change, const std::string& attributes);

}  // namespace ddblog::dynamodb
