// TransactWriteItems: up to 100 puts, updates, deletes and condition checks of different items, all of them or none.
// The store's one writer makes transactions serialisable by itself; one that meets another which is not permanent yet
// is cancelled (ongoing_transactions.h).
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/transactions/transacted_items.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class TransactWriteItems {
 public:
  TransactWriteItems(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  struct Action {
    std::string table_name;
    ItemWrite write;
  };
  using Tables = std::vector<std::shared_ptr<const Table>>;  // one for each action
  using Consumed = std::map<std::string, ConsumedCapacity>;  // by table name

  void refuseItemsNamedTwice(const Tables& tables) const;
  TransactedItems carryOutAll(Transaction& transaction, const Tables& tables) const;
  std::string answer(const Tables& tables, const Consumed& consumed, CapacityKind kind) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool metrics_ = false;
  std::optional<std::string> token_;
  std::uint64_t fingerprint_ = 0;
  std::vector<Action> actions_;
};

}  // namespace ddblog::dynamodb
