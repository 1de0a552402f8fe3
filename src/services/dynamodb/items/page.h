// Reads a page of items, for Query, Scan and PartiQL's SELECT.
//
// A page reads the stored items of a range in one direction and ends after `limit` items or 1 MB,
// both before the filter. It then returns the key of the last item read, for the next page, even if
// no item follows. A page that reaches the end of the range returns no key. Without filter and
// projection, stored bytes are converted to JSON directly.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
//
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "expression/condition.h"
#include "expression/projection.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

struct ItemPageRequest {
  const Table& table;
  const Index* index;  // nullptr: the table itself
  StoredRange range;
  std::vector<StoredRange> further_ranges;  // read after `range`, in this order
  Direction direction = Direction::kForward;
  std::optional<std::int64_t> limit;
  const Condition* filter = nullptr;
  const Projection* projection = nullptr;
  bool whole_items = false;  // of a local index: return the table's items instead of the projection
  bool count_only = false;
  bool consistent = false;

  ItemPageRequest(const Table& table, const Index* index, StoredRange range)
      : table(table), index(index), range(std::move(range)) {}
};

struct Page {
  std::string items;  // a JSON list; empty with count_only
  std::int64_t count = 0;
  std::int64_t scanned_count = 0;
  std::string last_key;  // LastEvaluatedKey as JSON; empty: the range is exhausted
  ConsumedCapacity capacity;
};

Page readPage(const Reader& reader, const ItemPageRequest& request);

// The rest of the range after `start_key`, the stored key of a page's last item.
StoredRange after(StoredRange range, const std::string& start_key, Direction direction);

}  // namespace ddblog::dynamodb
