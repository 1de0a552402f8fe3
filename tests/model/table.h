// A table as the model knows it: its schema, its items, and the change records that its stream still has to show.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/value.h"

namespace ddblog::model {

struct KeyPart {
  std::string name;
  Type type = Type::kString;
};

struct Index {
  enum class Projection { kAll, kKeysOnly, kInclude };
  std::string name;
  bool is_global = true;
  std::vector<KeyPart> hash;
  std::vector<KeyPart> range;
  Projection projection = Projection::kAll;
  std::vector<std::string> included;
};

struct Change {
  std::optional<Item> before;
  std::optional<Item> after;
  bool by_service = false;  // the end of an item's time to live
};

// A stream, as far as it was read.
struct Stream {
  struct Shard {
    std::string last_sequence;  // of the last record that was read; empty: none
    std::string iterator;       // to go on with; empty: get one
    bool has_ended = false;
  };
  std::string arn;
  std::string view;
  bool is_on = true;
  std::map<std::string, std::deque<Change>> pending;  // by item: records that must come, in order
  std::map<std::string, Shard> shards;                // by their ids
  std::string last_sequence;
};

class Table {
 public:
  std::string name;
  KeyPart hash;
  std::optional<KeyPart> range;
  std::vector<Index> indexes;
  bool expires = false;  // TTL by the attribute "ttl"
  std::optional<Stream> stream;
  std::map<std::string, Item> items;  // by idOf
  std::vector<Value> hash_values;     // what keys are made of
  std::vector<Value> range_values;

  // Equal for equal keys. The item holds them.
  std::string idOf(const Item& item) const;
  Item keyOf(const Item& item) const;
  const Item* get(const std::string& id) const;
  // The item with this id becomes `after`, or goes. What changes leaves a record.
  void write(const std::string& id, std::optional<Item> after, bool by_service = false);

  const Index* findIndex(const std::string& index_name) const;
  // Whether the index holds the item.
  static bool fits(const Index& index, const Item& item);
  // Whether it has an attribute that is an index's key and cannot be.
  bool violatesIndexes(const Item& item) const;
  // Whether one of those is an empty text or binary.
  bool hasEmptyIndexKey(const Item& item) const;
  bool isIndexKey(const std::string& attribute, std::optional<Type> and_not_of = std::nullopt) const;
  // What the index (nullptr: the table) shows of an item.
  Item shown(const Index* index, const Item& item) const;
  bool shows(const Index* index, const std::string& attribute) const;
  // The key of the index, then the table's: what a LastEvaluatedKey has.
  std::vector<KeyPart> pageKey(const Index* index) const;
};

// The request of CreateTable; the members of one index.
std::string createTableJson(const Table& table);
std::string indexJson(const Index& index);
// `[{"AttributeName":…}…]` of all keys, and of one more index.
std::string definitionsJson(const Table& table, const Index* more = nullptr);

}  // namespace ddblog::model
