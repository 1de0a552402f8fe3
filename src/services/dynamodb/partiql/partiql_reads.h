// How a SELECT is read: which ranges of the table or index its WHERE clause leaves, in which order.
//
// A clause that gives every attribute of the hash key a value is a query, else a scan. OR and IN on key attributes make
// several queries of it ("decomposed reads"), at most limits::kDecomposedReads, whose ranges may not overlap. Reading
// itself is page.h; the clause is a filter as far as the ranges do not say it all.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
//
// Throws ApiError ValidationException. Thread safety: free functions without state.
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
  std::vector<StoredRange> ranges;  // in the order in which they are read; none: nothing can match
  Direction direction = Direction::kForward;
  bool filters = false;   // the clause says more than the ranges
  bool one_item = false;  // the clause names the table's whole key: nothing can follow
};

ReadPlan planRead(const Table& table, const partiql::SelectStatement& select, bool consistent);

}  // namespace ddblog::dynamodb
