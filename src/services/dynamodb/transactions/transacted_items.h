// What all transactions have in common about their items, whether actions or statements name them: each is named once,
// together they have at most 4 MB, they cost double, and written ones are ongoing until they are permanent.
//
// Errors: ApiError ValidationException. Thread safety: none; each belongs to one request.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
#pragma once

#include <cstddef>
#include <map>
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

// Throws when an item is named that was named before.
class DifferentItems {
 public:
  // `item` has the table's key (key_checks.h, hasKey).
  void add(const Table& table, const Item& item);

 private:
  std::set<std::string> keys_;
};

class TransactedItems {
 public:
  // `table_name`: as the request names it. `bytes`: of the item by DynamoDB's arithmetic; 0: there is none.
  void addRead(const std::string& table_name, std::size_t bytes);
  void addWrite(const std::string& table_name, const Table& table, const ItemWrite& write, const ItemChange& change);

  // Once all are added. Throws: they are too large together.
  void checkBytes() const;
  void becomeOngoing(const Transaction& transaction, OngoingTransactions& ongoing) const;

  const std::map<std::string, ConsumedCapacity>& consumed() const { return consumed_; }
  const RepetitionCharge& repetition() const { return repetition_; }

 private:
  std::map<std::string, ConsumedCapacity> consumed_;
  RepetitionCharge repetition_;
  std::size_t bytes_ = 0;
  std::vector<std::string> written_;  // keys in the store
};

}  // namespace ddblog::dynamodb
