// Plans a SELECT: which ranges of the table or index its WHERE clause leaves, in which order.
//
// A clause that gives every attribute of the hash key a value becomes a query, any other a scan. OR
// and IN on key attributes split it into several queries ("decomposed reads"), at most
// limits::kDecomposedReads, whose ranges may not overlap; only those of a condition on the sort key
// that is negated or <> may, and are then read as one. The clause is also a filter as far as the
// ranges do not express it. page.h does the reading. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
//
// Errors: ApiError ValidationException. Thread safety: pure functions.
#pragma once

#include <vector>

#include "partiql/statement.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

struct ReadPlan {
  const Index* index = nullptr;     // nullptr: the table itself
  std::vector<StoredRange> ranges;  // in the order of reading; empty: nothing can match
  Direction direction = Direction::kForward;
  bool filters = false;   // the ranges do not express the whole clause
  bool one_item = false;  // the clause names the table's whole key: nothing can follow
};

ReadPlan planRead(const Table& table, const partiql::SelectStatement& select, bool consistent);

}  // namespace ddblog::dynamodb
