// BatchExecuteStatement: up to 25 PartiQL statements, all reads or all writes, each for itself: a statement that is
// refused is so in its own part of the answer. A read is of one item, and no two statements are of the same one: the
// call is refused for that.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "partiql/statement.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class BatchExecuteStatement {
 public:
  BatchExecuteStatement(rpc::RequestReader& request, Context& context);
  bool writes() const { return writes_; }
  std::string run(const Reader& reader) const;
  std::string run(Transaction& transaction) const;

 private:
  struct Member {
    std::optional<partiql::Statement> statement;
    std::optional<ApiError> refused;  // if there is none
    bool consistent = false;
    bool returns_item_on_failure = false;
  };
  // What a statement is of its table.
  struct Plan {
    std::optional<ApiError> refused;  // then nothing else is here
    std::shared_ptr<const Table> table;
    std::optional<Item> key;         // of a read
    std::optional<ItemWrite> write;  // of all others
  };
  // What one statement came to.
  struct Response {
    std::optional<ApiError> refused;
    bool reached_item = false;  // a refusal that is about the item: its table is named
    std::string item;           // JSON; empty: none
    ConsumedCapacity capacity;
  };
  using CarryOut = std::function<Response(const Member&, const Plan&)>;

  Plan plan(const Reader& reader, const Member& member) const;
  Plan planRead(const Reader& reader, const Member& member) const;
  Plan planWrite(const Reader& reader, const Member& member) const;
  Response read(const Reader& reader, const Member& member, const Plan& plan) const;
  Response write(Transaction& transaction, const Member& member, const Plan& plan) const;
  std::string runEach(const Reader& reader, const CarryOut& carry_out) const;
  std::string answer(const std::vector<Response>& responses) const;
  void writeConsumed(JsonWriter& json, const std::vector<Response>& responses) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::vector<Member> members_;
  bool writes_ = false;
};

}  // namespace ddblog::dynamodb
