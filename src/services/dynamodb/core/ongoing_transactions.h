// The items of transactions that are applied but not committed yet. Other writes of these items (by
// another client, or by one that did not wait for the transaction's response) are rejected as in
// AWS: with TransactionConflictException, or in a transaction with the reason TransactionConflict.
//
// A transaction is ongoing until its batch of the store is committed, so only the items of the
// current batch matter. Reads see committed data and never conflict.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
// ("Transaction conflict handling"). Thread safety: none; it belongs to the writer thread.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "store/store.h"

namespace ddblog::dynamodb {

class OngoingTransactions {
 public:
  // `item_key`: item_keys.h.
  void add(const Transaction& transaction, std::string item_key);
  // Throws ApiError TransactionConflictException.
  void throwIfOngoing(const Transaction& transaction, const std::string& item_key) const;

 private:
  std::uint64_t batch_ = 0;
  std::unordered_set<std::string> items_;
};

}  // namespace ddblog::dynamodb
