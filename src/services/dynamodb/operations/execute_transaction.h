// ExecuteTransaction: up to 100 PartiQL statements, all of them or none: reads of items as they are at one moment, or
// writes and EXISTS conditions of different items.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "partiql/statement.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/transactions/cancellation.h"
#include "services/dynamodb/transactions/transacted_items.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class ExecuteTransaction {
 public:
  ExecuteTransaction(rpc::RequestReader& request, Context& context);
  bool writes() const { return writes_; }
  std::string run(const Reader& reader) const;
  std::string run(Transaction& transaction) const;

 private:
  struct Member {
    partiql::Statement statement;
    bool returns_item_on_failure = false;
  };
  using Tables = std::vector<std::shared_ptr<const Table>>;  // one for each statement; nullptr: there is none
  using Writes = std::vector<std::optional<ItemWrite>>;      // the same
  using Keys = std::vector<std::optional<Item>>;             // the same
  using Consumed = std::map<std::string, ConsumedCapacity>;  // by table name

  Tables findTables(const Reader& reader, CancellationReasons& cancellation) const;
  Keys keysToRead(const Tables& tables, CancellationReasons& cancellation) const;
  Writes writesOf(const Tables& tables, CancellationReasons& cancellation) const;
  TransactedItems carryOutAll(Transaction& transaction, const Tables& tables, const Writes& writes,
                              CancellationReasons& cancellation) const;
  std::string answer(const std::vector<std::string>& items, const Consumed& consumed, CapacityKind kind) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::optional<std::string> token_;
  std::uint64_t fingerprint_ = 0;
  std::vector<Member> members_;
  bool writes_ = false;
};

}  // namespace ddblog::dynamodb
