#include "services/dynamodb/core/item_keys.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "item/key_bytes.h"
#include "item/limits.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/core/partition_hash.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

using Hashes = unsigned __int128;
constexpr Hashes kHashes = Hashes{1} << 64;

std::string prefixOf(const Table& table, const Index* index) {
  if (index == nullptr) return KeyBuilder(key_spaces::kItems).number(table.id).str();
  return KeyBuilder(key_spaces::kIndexEntries).number(table.id).number(index->id).str();
}

void appendHashKey(std::string& out, std::span<const AttributeValue* const> values) {
  appendNumber(out, partitionHash(values));
  for (const AttributeValue* value : values) appendKeyBytes(out, *value);
}

void appendKeyAttributes(std::string& out, const std::vector<KeyAttribute>& attributes, const Item& item) {
  for (const KeyAttribute& attribute : attributes) {
    const auto found = item.find(attribute.name);
    if (found != item.end()) appendKeyBytes(out, found->second);
  }
}

// The attributes' values; empty if one is missing.
std::vector<const AttributeValue*> valuesOf(const std::vector<KeyAttribute>& attributes, const Item& item) {
  std::vector<const AttributeValue*> values;
  for (const KeyAttribute& attribute : attributes) {
    auto found = item.find(attribute.name);
    if (found == item.end()) return {};
    values.push_back(&found->second);
  }
  return values;
}

// The size of a string or binary; 0 for numbers, which always fit in a key.
std::size_t keyBytesOf(const AttributeValue& value) {
  if (const auto* text = value.getIf<std::string>()) return text->size();
  if (const auto* binary = value.getIf<AttributeValue::Binary>()) return binary->bytes.size();
  return 0;
}

// The same for an item that was not checked against the index's key: also empty if a value cannot
// be in a key.
std::vector<const AttributeValue*> fittingValuesOf(const std::vector<KeyAttribute>& attributes, const Item& item,
                                                   std::size_t limit) {
  std::vector<const AttributeValue*> values = valuesOf(attributes, item);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t size = keyBytesOf(*values[i]);
    const bool is_number = attributes[i].type == AttributeValue::Type::kNumber;
    if (values[i]->type() != attributes[i].type || (size == 0 && !is_number)) return {};
    bytes += size;
  }
  return bytes <= limit ? values : std::vector<const AttributeValue*>();
}

StoredRange rangeOfPrefix(std::string prefix) {
  std::string end = endOfPrefix(prefix);
  return {std::move(prefix), std::move(end)};
}

}  // namespace

std::string itemKey(const Table& table, const Item& item) {
  std::string key = prefixOf(table, nullptr);
  const AttributeValue* const hash = &item.at(table.key.hash[0].name);
  appendHashKey(key, std::span(&hash, 1));
  appendKeyAttributes(key, table.key.range, item);
  return key;
}

std::string encodeKeyAttributes(const Table& table, const Item& item) {
  std::array<NamedValue, 2> attributes;  // a hash key and at most one range key
  std::size_t count = 0;
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) attributes.at(count++) = {attribute.name, &item.at(attribute.name)};
  }
  if (count == 2 && attributes[1].first < attributes[0].first) std::swap(attributes[0], attributes[1]);
  return encodeItem(std::span(attributes).first(count));
}

std::optional<std::string> indexEntryKey(const Table& table, const Index& index, const Item& item) {
  const auto hash = fittingValuesOf(index.key.hash, item, limits::kPartitionKeyBytes);
  const auto range = fittingValuesOf(index.key.range, item, limits::kSortKeyBytes);
  if (hash.empty() || range.size() != index.key.range.size()) return std::nullopt;
  std::string key = prefixOf(table, &index);
  appendHashKey(key, hash);
  for (const AttributeValue* value : range) appendKeyBytes(key, *value);
  appendKeyAttributes(key, table.key.hash, item);
  appendKeyAttributes(key, table.key.range, item);
  return key;
}

bool projects(const Table& table, const Index& index, std::string_view attribute) {
  if (index.projection == ProjectionType::kAll) return true;
  const auto is_it = [&](const KeyAttribute& key) { return key.name == attribute; };
  const auto keys = pageKeyAttributes(table, &index);
  if (std::any_of(keys.begin(), keys.end(), is_it)) return true;
  return index.projection == ProjectionType::kInclude &&
         std::find(index.non_key_attributes.begin(), index.non_key_attributes.end(), attribute) !=
             index.non_key_attributes.end();
}

Item projectedItem(const Table& table, const Index& index, const Item& item) {
  if (index.projection == ProjectionType::kAll) return item;
  Item projected;
  const auto take = [&](const std::string& name) {
    auto found = item.find(name);
    if (found != item.end()) projected.insert(*found);
  };
  for (const KeyAttribute& attribute : pageKeyAttributes(table, &index)) take(attribute.name);
  if (index.projection == ProjectionType::kInclude) {
    for (const std::string& name : index.non_key_attributes) take(name);
  }
  return projected;
}

std::vector<KeyAttribute> pageKeyAttributes(const Table& table, const Index* index) {
  std::vector<KeyAttribute> attributes;
  const auto add = [&](const std::vector<KeyAttribute>& more) {
    for (const KeyAttribute& attribute : more) {
      const bool known = std::any_of(attributes.begin(), attributes.end(),
                                     [&](const KeyAttribute& other) { return other.name == attribute.name; });
      if (!known) attributes.push_back(attribute);
    }
  };
  if (index != nullptr) {
    add(index->key.hash);
    add(index->key.range);
  }
  add(table.key.hash);
  add(table.key.range);
  return attributes;
}

StoredRange wholeRange(const Table& table, const Index* index) { return rangeOfPrefix(prefixOf(table, index)); }

StoredRange segmentRange(const Table& table, const Index* index, std::int64_t segment, std::int64_t total) {
  const auto edge = [&](std::int64_t number) {
    std::string key = prefixOf(table, index);
    if (number == total) return endOfPrefix(key);
    const auto all = static_cast<Hashes>(total);
    appendNumber(key, static_cast<std::uint64_t>((kHashes * static_cast<Hashes>(number) + all - 1) / all));
    return key;
  };
  return {edge(segment), edge(segment + 1)};
}

StoredRange queryRange(const Table& table, const Index* index, const KeyRange& range) {
  std::string prefix = prefixOf(table, index);
  std::vector<const AttributeValue*> hash;
  for (const AttributeValue& value : range.hash) hash.push_back(&value);
  appendHashKey(prefix, hash);
  for (const AttributeValue& value : range.range_equal) appendKeyBytes(prefix, value);
  if (!range.range_last) return rangeOfPrefix(std::move(prefix));

  const auto with = [&](const AttributeValue& value) {
    std::string key = prefix;
    appendKeyBytes(key, value);
    return key;
  };
  const std::vector<AttributeValue>& values = range.range_last->values;
  switch (range.range_last->key_operator) {
    case KeyOperator::kLess:
      return {prefix, with(values[0])};
    case KeyOperator::kLessOrEqual:
      return {prefix, endOfPrefix(with(values[0]))};
    case KeyOperator::kGreaterOrEqual:
      return {with(values[0]), endOfPrefix(prefix)};
    case KeyOperator::kGreater:
      return {endOfPrefix(with(values[0])), endOfPrefix(prefix)};
    case KeyOperator::kBetween:
      return {with(values[0]), endOfPrefix(with(values[1]))};
    case KeyOperator::kBeginsWith: {
      std::string key = prefix;
      appendKeyPrefixBytes(key, values[0]);
      return rangeOfPrefix(std::move(key));
    }
    case KeyOperator::kEqual:
      break;
  }
  return rangeOfPrefix(with(values[0]));
}

StoredRange itemsOfTable(std::uint64_t table_id) {
  return rangeOfPrefix(KeyBuilder(key_spaces::kItems).number(table_id).str());
}

StoredRange indexEntriesOfTable(std::uint64_t table_id) {
  return rangeOfPrefix(KeyBuilder(key_spaces::kIndexEntries).number(table_id).str());
}

}  // namespace ddblog::dynamodb
