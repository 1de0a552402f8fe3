#include "services/dynamodb/items/page.h"

#include <array>
#include <string_view>

#include "item/stored_item.h"
#include "item/wire_json.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/core/on_demand_partitions.h"

namespace ddblog::dynamodb {
namespace {

std::string lastKeyOf(const ItemPageRequest& request, std::string_view stored) {
  const Item item = decodeItem(stored);
  Item key;
  for (const KeyAttribute& attribute : pageKeyAttributes(request.table, request.index)) {
    key.insert(*item.find(attribute.name));
  }
  std::string text;
  JsonWriter json(text);
  writeItem(json, key);
  return text;
}

class PageReader {
 public:
  PageReader(const Reader& reader, const ItemPageRequest& request)
      : reader_(reader), request_(request), json_(page_.items) {
    if (!request.table.on_demand || !request.further_ranges.empty()) return;
    span_ = onDemandPartitionsOf(request.index, request.range);
  }

  Page read() {
    if (!request_.count_only) json_.beginArray();
    readRange(request_.range);
    for (const StoredRange& range : request_.further_ranges) {
      if (!page_.last_key.empty()) break;
      readRange(range);
    }
    if (!request_.count_only) json_.endArray();
    countCapacity();
    return std::move(page_);
  }

 private:
  // Sets last_key if the page is full.
  void readRange(const StoredRange& range) {
    auto cursor = reader_.cursor(range.begin, range.end, request_.direction);
    for (; cursor->valid(); cursor->next()) {
      const std::string_view stored = cursor->value();
      count(cursor->key(), storedItemSize(stored));
      take(stored);
      if (isFull()) {
        page_.last_key = lastKeyOf(request_, stored);
        return;
      }
    }
  }

  bool isFull() const {
    return bytes_ >= limits::kPageBytes || (request_.limit && page_.scanned_count >= *request_.limit);
  }

  void count(std::string_view key, std::size_t bytes) {
    ++page_.scanned_count;
    bytes_ += bytes;
    if (!readsSeveralPartitions()) return;
    last_partition_ = onDemandPartitionOf(request_.index, key);
    partition_bytes_[last_partition_] += bytes;
  }

  bool readsSeveralPartitions() const { return span_.first != span_.last; }

  void take(std::string_view stored) {
    if (!request_.whole_items) {
      answer(stored);
      return;
    }
    const auto whole = reader_.get(itemKey(request_.table, decodeItem(stored)));
    if (!whole) return;  // an entry is written with its item, so the item exists
    fetched_units_ += readUnits(storedItemSize(*whole), request_.consistent);
    answer(*whole);
  }

  void answer(std::string_view stored) {
    if (!request_.filter && !request_.projection) {
      ++page_.count;
      if (!request_.count_only) writeStoredItem(json_, stored);
      return;
    }
    const Item item = decodeItem(stored);
    if (request_.filter && !evaluate(*request_.filter, item)) return;
    ++page_.count;
    if (request_.count_only) return;
    writeItem(json_, request_.projection ? project(*request_.projection, item) : item);
  }

  // A page of a Scan rounds up what it reads of each partition, down to the one in which it is full.
  double units() const {
    if (!readsSeveralPartitions()) return readUnits(bytes_, request_.consistent);
    double sum = 0;
    const std::size_t last = page_.last_key.empty() ? span_.last : last_partition_;
    for (std::size_t i = span_.first; i <= last; ++i) sum += readUnits(partition_bytes_[i], request_.consistent);
    return sum;
  }

  void countCapacity() {
    const double units = this->units();
    if (request_.index) {
      page_.capacity.addIndex(*request_.index, units);
      page_.capacity.addTable(fetched_units_);
    } else {
      page_.capacity.addTable(units);
    }
  }

  const Reader& reader_;
  const ItemPageRequest& request_;
  Page page_;
  JsonWriter json_;
  std::size_t bytes_ = 0;
  PartitionSpan span_;
  std::array<std::size_t, kOnDemandPartitions> partition_bytes_{};
  std::size_t last_partition_ = 0;
  double fetched_units_ = 0;
};

}  // namespace

Page readPage(const Reader& reader, const ItemPageRequest& request) { return PageReader(reader, request).read(); }

StoredRange after(StoredRange range, const std::string& start_key, Direction direction) {
  if (direction == Direction::kBackward) {
    range.end = start_key;
  } else {
    range.begin = start_key + '\0';
  }
  return range;
}

}  // namespace ddblog::dynamodb
