// Query: the items of one partition of a table or an index, in the order of their sort keys.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
#pragma once

#include <string>

#include "expression/key_condition.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/legacy_conditions.h"
#include "services/dynamodb/items/page_parameters.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class Query {
 public:
  Query(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  // The range that key condition and start key leave. Throws if the start key is not in it.
  StoredRange rangeToRead(const Table& table, const Index* index, const KeyRange& keys) const;

  Context& context_;
  PageParameters page_;
  Direction direction_ = Direction::kForward;
  LegacyKeyConditions::Comparisons key_condition_;
};

}  // namespace ddblog::dynamodb
