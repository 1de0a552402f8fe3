// ExecuteStatement: one PartiQL statement; a SELECT's page of items, or a write of one item.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "partiql/statement.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_writes.h"
#include "services/dynamodb/partiql/partiql_reads.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class ExecuteStatement {
 public:
  ExecuteStatement(rpc::RequestReader& request, Context& context);
  bool writes() const;
  std::string run(const Reader& reader) const;      // SELECT
  std::string run(Transaction& transaction) const;  // the others

 private:
  Item startKey(const Table& table, const Index* index) const;
  void goOnAfter(const Table& table, ReadPlan& plan) const;
  std::string nextToken(const std::string& last_key) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool consistent_ = false;
  bool returns_item_on_failure_ = false;
  std::optional<std::int64_t> limit_;
  std::optional<std::string> next_token_;
  std::uint64_t fingerprint_ = 0;  // of the statement: a token stands for the rest of one
  partiql::Statement statement_;
};

}  // namespace ddblog::dynamodb
