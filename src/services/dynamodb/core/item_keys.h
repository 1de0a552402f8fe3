// Where items and their index entries are in the store.
//
//   item          0x11 | table id, 8 | spread, 2 | hash key | range key            -> the stored item
//   index entry   0x12 | table id, 8 | index id, 8 | spread, 2 | index hash key, 1 to 4 | index range key, 0 to 4
//                      | table hash key | table range key                          -> the stored item as projected
//
// Keys are the ordered, self-delimiting bytes of item/key_bytes.h. `spread` is a hash of the hash
// key's bytes: it puts the partitions of a table in no particular order, as in DynamoDB, so that a
// segment of a parallel scan is one range of the store and reads nothing of the others. (Rejected:
// partitions in the order of their keys. Every segment would have to read the whole table.) An
// index entry holds what the index projects, so a query of an index looks nothing up.
//
// Thread safety: free functions without state.
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

// `item` holds the table's key attributes, of the right types (key_checks.h); other attributes do
// not matter.
std::string itemKey(const Table& table, const Item& item);

// The item's key attributes alone, as a stored item (item/stored_item.h).
std::string encodeKeyAttributes(const Table& table, const Item& item);

// std::nullopt if the item is not in the index: it lacks an attribute of the index's key, or has
// one that cannot be a key (another type, empty, too long), which it got before there was the
// index.
std::optional<std::string> indexEntryKey(const Table& table, const Index& index, const Item& item);

// What the index holds of an item.
Item projectedItem(const Table& table, const Index& index, const Item& item);

// Whether the index holds the attribute.
bool projects(const Table& table, const Index& index, std::string_view attribute);

// The key's attributes: of the table, or of the index and then those of the table that are not in
// the index's.
std::vector<KeyAttribute> pageKeyAttributes(const Table& table, const Index* index);

// All items of the table or all entries of the index (nullptr: the table itself).
StoredRange wholeRange(const Table& table, const Index* index);
// One of `total` segments (at most 1,000,000, of which at most 65,536 hold anything).
StoredRange segmentRange(const Table& table, const Index* index, std::int64_t segment, std::int64_t total);
// What a key condition leaves.
StoredRange queryRange(const Table& table, const Index* index, const KeyRange& range);
// Everything of a table: its items, and the entries of all its indexes.
StoredRange itemsOfTable(std::uint64_t table_id);
StoredRange indexEntriesOfTable(std::uint64_t table_id);

}  // namespace ddblog::dynamodb
