#include "services/dynamodb/transactions/transacted_items.h"

#include <memory>
#include <variant>

#include "base/api_error.h"
#include "item/item_size.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/limits.h"

namespace ddblog::dynamodb {
namespace {

using Value = std::shared_ptr<const AttributeValue>;
// The values of expressions. A value that is used twice is there once, as in the request.
using Values = std::set<Value>;

void addValues(const SetValue& set, Values& values) {
  if (set.value) values.insert(set.value);
  for (const SetValue& operand : set.operands) addValues(operand, values);
}

void addValues(const Update& update, Values& values) {
  for (const UpdateAction& action : update.actions) {
    if (action.value) values.insert(action.value);
    addValues(action.set, values);
  }
}

void addValues(const Condition& condition, Values& values) {
  for (const Operand& operand : condition.operands) {
    if (const Value* value = std::get_if<Value>(&operand.what)) values.insert(*value);
  }
  for (const Condition& child : condition.children) addValues(child, values);
}

void checkBytes(std::size_t bytes) {
  if (bytes <= limits::kTransactBytes) return;
  throw validationError("The aggregate size of the items in the transaction exceeded the 4 MB limit");
}

}  // namespace

void DifferentItems::add(const Table& table, const Item& item) {
  if (!hasKey(table, item) || keys_.insert(itemKey(table, item)).second) return;
  throw validationError("Transaction request cannot include multiple operations on one item");
}

void CarriedBytes::add(const ItemWrite& write) {
  bytes_ += itemSize(write.item);
  if (write.kind == ItemWrite::Kind::kPut) return;
  Values values;
  if (write.update) addValues(*write.update, values);
  if (write.condition) addValues(*write.condition, values);
  for (const Value& value : values) bytes_ += attributeValueSize(*value);
}

void CarriedBytes::check() const { checkBytes(bytes_); }

void TransactedItems::addRead(const std::string& table_name, std::size_t bytes) {
  bytes_read_ += bytes;
  consumed_[table_name].addTable(2 * readUnits(bytes, true));
}

void TransactedItems::addWrite(const std::string& table_name, const Table& table, const ItemWrite& write,
                               const ItemChange& change) {
  ConsumedCapacity doubled = change.capacity;
  doubled.multiplyTable(2);
  consumed_[table_name].add(doubled);
  repetition_[table_name] += repetitionUnits(change);
  written_.push_back(itemKey(table, write.item));
}

void TransactedItems::checkBytesRead() const { checkBytes(bytes_read_); }

void TransactedItems::becomeOngoing(const Transaction& transaction, OngoingTransactions& ongoing) const {
  for (const std::string& key : written_) ongoing.add(transaction, key);
}

}  // namespace ddblog::dynamodb
