// Random schemas, items, conditions and updates. Values come from small pools, so that they meet.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/condition.h"
#include "model/rng.h"
#include "model/table.h"
#include "model/update.h"

namespace ddblog::model {

class Generator {
 public:
  explicit Generator(Rng& rng) : rng_(rng) {}

  // What times to live are chosen from: seconds since the epoch, all still to come.
  std::vector<std::int64_t> times_to_live;

  // --- schemas ---
  Table table(const std::string& name);
  // Not yet of the table; nullopt: it has enough.
  std::optional<Index> globalIndex(const Table& table, const std::string& name);

  // --- items ---
  Item key(const Table& table);
  // Attributes that can be what they are: index keys of the right types.
  Item item(const Table& table, const Item& key);
  Value value(int depth = 0);
  Value scalar(Type type);
  // An attribute of items that is no key of the table.
  std::string attribute();

  // Of an item that is there or not (nullptr); it holds about every other time.
  Condition condition(const Item* item, int depth = 0);
  // A filter, of attributes that `is_allowed` says yes to; nullopt: there are none.
  std::optional<Condition> filter(const std::function<bool(const std::string&)>& is_allowed);
  Update update(const Table& table, const Item* item);

 private:
  std::vector<Value> keyValues(Type type, int count);
  std::vector<KeyPart> keyParts(std::vector<KeyPart>& candidates, int count);
  void chooseProjection(Index& index);
  Value indexKeyValue(Type type);
  Condition leaf(const Item* item, const Path& path, const Value* current);
  Path path(const Item* item);
  Action action(const Table& table, const std::string& attribute, const Item* item);
  Action actionOnIndexKey(const KeyPart& part);
  Action actionOnList(Path path, const Item* item);
  Value set(Type of);

  Rng& rng_;
};

}  // namespace ddblog::model
