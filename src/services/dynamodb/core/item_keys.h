// The store's keys of items and their index entries.
//
//   item          0x11 | table id, 8 | hash, 8 | hash key | range key              -> the stored item
//   index entry   0x12 | table id, 8 | index id, 8 | hash, 8 | index hash key, 1 to 4 | index range key, 0 to 4
//                      | table hash key | table range key                          -> the stored item as projected
//
// Keys are the ordered, self-delimiting bytes of item/key_bytes.h. `hash` is the hash key's
// partition hash (partition_hash.h). It puts the partitions of a table in AWS's order, and each
// segment of a parallel scan is one range of the store and reads nothing else. (Rejected:
// partitions in the order of their keys. Every segment would have to read the whole table.) An
// index entry contains the projected attributes, so a query of an index needs no look-ups.
//
// Thread safety: stateless functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/key_condition.h"
#include "item/attribute_value.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::dynamodb {

// A range of stored keys: [begin, end).
struct StoredRange {
  std::string begin;
  std::string end;
};

// `item` must have the table's key attributes, with the right types (key_checks.h); other
// attributes are ignored.
std::string itemKey(const Table& table, const Item& item);

// Only the item's key attributes, as a stored item (item/stored_item.h).
std::string encodeKeyAttributes(const Table& table, const Item& item);

// std::nullopt if the item is not in the index: it lacks an attribute of the index's key, or has
// one that cannot be a key (wrong type, empty, too long) because it was written before the index
// existed.
std::optional<std::string> indexEntryKey(const Table& table, const Index& index, const Item& item);

// The attributes of an item that the index projects.
Item projectedItem(const Table& table, const Index& index, const Item& item);

// Whether the index projects the attribute.
bool projects(const Table& table, const Index& index, std::string_view attribute);

// The attributes of a page's start key: the table's key, or the index's key followed by the
// remaining attributes of the table's key.
std::vector<KeyAttribute> pageKeyAttributes(const Table& table, const Index* index);

// All items of the table (index nullptr) or all entries of the index.
StoredRange wholeRange(const Table& table, const Index* index);
// One of `total` segments (at most 1,000,000): an equal share of the hashes.
StoredRange segmentRange(const Table& table, const Index* index, std::int64_t segment, std::int64_t total);
// The range that a key condition selects.
StoredRange queryRange(const Table& table, const Index* index, const KeyRange& range);
// All keys of a table: its items and the entries of all its indexes.
StoredRange itemsOfTable(std::uint64_t table_id);
StoredRange indexEntriesOfTable(std::uint64_t table_id);

}  // namespace ddblog::dynamodb
