// The rules for the items of a transaction, whether actions or statements name them: each item
// once, at most 4 MB together, double cost; written items are ongoing until they are committed.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
//
// Errors: ApiError ValidationException. Thread safety: none; each belongs to one request.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "item/attribute_value.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/ongoing_transactions.h"
#include "services/dynamodb/core/table.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/transactions/transaction_tokens.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// Rejects a transaction that names an item twice.
class DifferentItems {
 public:
  // Throws if the item was added before. Ignores an item without the table's key (key_checks.h,
  // hasKey): executing it fails with an error of its own.
  void add(const Table& table, const Item& item);

 private:
  std::set<std::string> keys_;
};

// The size of a transaction's writes, as the request carries them: the items of puts, and the keys
// and values of the others. The size of stored items does not count.
class CarriedBytes {
 public:
  void add(const ItemWrite& write);
  // Call this when all writes are added. Throws if they are too large together.
  void check() const;

 private:
  std::size_t bytes_ = 0;
};

class TransactedItems {
 public:
  // `table_name`: as the request gives it. `bytes`: the item's size by DynamoDB's arithmetic; 0: it
  // does not exist.
  void addRead(const std::string& table_name, std::size_t bytes);
  void addWrite(const std::string& table_name, const Table& table, const ItemWrite& write, const ItemChange& change);

  // Call these when all items are added. checkBytesRead throws if they are too large together.
  void checkBytesRead() const;
  void becomeOngoing(const Transaction& transaction, OngoingTransactions& ongoing) const;

  const ConsumedByTable& consumed() const { return consumed_; }
  const RepetitionCharge& repetition() const { return repetition_; }

 private:
  ConsumedByTable consumed_;
  RepetitionCharge repetition_;
  std::size_t bytes_read_ = 0;
  std::vector<std::string> written_;  // keys in the store
};

}  // namespace ddblog::dynamodb
