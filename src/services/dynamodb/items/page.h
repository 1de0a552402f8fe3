// Reading a page of items: what Query and Scan (and PartiQL's SELECT) share.
//
// A page reads stored items of one range in one direction and ends after `limit` items or once they
// make 1 MB, both before the filter. It then names its last item read as the key to go on after,
// even if nothing follows; a page that reached the end of the range names none. Without filter and
// projection stored bytes become JSON directly.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
//
// Thread safety: free functions without state.
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
  bool whole_items = false;  // of a local index: the table's items rather than what is projected
  bool count_only = false;
  bool consistent = false;

  ItemPageRequest(const Table& table, const Index* index, StoredRange range)
      : table(table), index(index), range(std::move(range)) {}
};

struct Page {
  std::string items;  // a JSON list; empty with count_only
  std::int64_t count = 0;
  std::int64_t scanned_count = 0;
  std::string last_key;  // LastEvaluatedKey as JSON; empty: the range is at its end
  ConsumedCapacity capacity;
};

Page readPage(const Reader& reader, const ItemPageRequest& request);

// The range that is left after `start_key`, the stored key of a page's last item.
StoredRange after(StoredRange range, const std::string& start_key, Direction direction);

}  // namespace ddblog::dynamodb
