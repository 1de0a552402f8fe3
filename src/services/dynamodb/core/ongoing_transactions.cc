#include "services/dynamodb/core/ongoing_transactions.h"

#include <utility>

#include "base/api_error.h"

namespace ddblog::dynamodb {

void OngoingTransactions::add(const Transaction& transaction, std::string item_key) {
  if (transaction.batch() != batch_) items_.clear();
  batch_ = transaction.batch();
  items_.insert(std::move(item_key));
}

void OngoingTransactions::throwIfOngoing(const Transaction& transaction, const std::string& item_key) const {
  if (transaction.batch() != batch_ || !items_.contains(item_key)) return;
  throw ApiError("TransactionConflictException", "Transaction is ongoing for the item");
}

}  // namespace ddblog::dynamodb
