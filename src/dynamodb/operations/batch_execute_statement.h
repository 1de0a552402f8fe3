// BatchExecuteStatement: up to 25 PartiQL statements, all reads or all writes, each for itself: a statement that is
// refused is so in its own part of the answer. A read is of one item.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/request_reader.h"
#include "base/api_error.h"
#include "base/json_writer.h"
#include "dynamodb/capacity.h"
#include "dynamodb/context.h"
#include "partiql/statement.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class BatchExecuteStatement {
 public:
  BatchExecuteStatement(api::RequestReader& request, Context& context);
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
  // What one statement came to.
  struct Response {
    std::optional<ApiError> refused;
    bool reached_item = false;  // a refusal that is about the item: its table is named
    std::string item;           // JSON; empty: none
    ConsumedCapacity capacity;
  };

  Response read(const Reader& reader, const Member& member) const;
  Response write(Transaction& transaction, const Member& member) const;
  std::string answer(const std::vector<Response>& responses) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::vector<Member> members_;
  bool writes_ = false;
};

}  // namespace ddblog::dynamodb
