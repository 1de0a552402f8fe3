#include "services/dynamodb/transactions/transacted_items.h"

#include "base/api_error.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/limits.h"

namespace ddblog::dynamodb {

void DifferentItems::add(const Table& table, const Item& item) {
  if (!hasKey(table, item) || keys_.insert(itemKey(table, item)).second) return;
  throw validationError("Transaction request cannot include multiple operations on one item");
}

void TransactedItems::addRead(const std::string& table_name, std::size_t bytes) {
  bytes_ += bytes;
  consumed_[table_name].addTable(2 * readUnits(bytes, true));
}

void TransactedItems::addWrite(const std::string& table_name, const Table& table, const ItemWrite& write,
                               const ItemChange& change) {
  ConsumedCapacity doubled = change.capacity;
  doubled.multiplyTable(2);
  consumed_[table_name].add(doubled);
  repetition_[table_name] += repetitionUnits(change);
  const std::string& image = change.new_image.empty() ? change.old_image : change.new_image;
  if (!image.empty()) bytes_ += storedItemSize(image);
  written_.push_back(itemKey(table, write.item));
}

void TransactedItems::checkBytes() const {
  if (bytes_ <= limits::kTransactBytes) return;
  throw validationError("The aggregate size of the items in the transaction exceeded the 4 MB limit");
}

void TransactedItems::becomeOngoing(const Transaction& transaction, OngoingTransactions& ongoing) const {
  for (const std::string& key : written_) ongoing.add(transaction, key);
}

}  // namespace ddblog::dynamodb
