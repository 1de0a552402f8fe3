// Read models while events are applied to them: the main item of a stream, which has its version,
// and other items that are written with it.
//
// Thread safety: an applier uses what it gets on its own thread, and only while it runs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "ddblog/errors.h"
#include "ddblog/transport.h"

namespace ddblog {

// The attributes of one item. Those that the projector writes itself (pk, sk, and in a main item
// version) cannot be set or removed: InvalidArgument.
class ReadModel {
 public:
  // The current value; std::nullopt if absent or of another type.
  std::optional<std::string> string(const std::string& attribute) const;
  std::optional<std::string> number(const std::string& attribute) const;  // as text, with every digit
  std::optional<std::string> json(const std::string& attribute) const;    // any type, as JSON text

  void setString(const std::string& attribute, std::string_view value);
  void setNumber(const std::string& attribute, std::string_view number);  // keeps every digit
  void setBool(const std::string& attribute, bool value);
  void setJson(const std::string& attribute, std::string_view json);  // throws std::invalid_argument
  void remove(const std::string& attribute);

 private:
  friend class Projector;
  friend class ReadModelItems;
  void change(const std::string& attribute);
  std::optional<std::string> member(const std::string& attribute, std::string_view type) const;

  std::map<std::string, std::string> attributes_;  // as DynamoDB's JSON: {"S": "Ada"}
  std::set<std::string> changed_;
  bool is_main_ = true;
};

// The other items of a stream's read model. They are written with the main item, in one transaction
// and on condition of its version alone: so an item belongs to one stream. One event can read or
// change at most 99 of them. Keys are those of the read-model table, without the generation. A pointer
// or reference to an item is valid until the applier returns or removes the item.
class ReadModelItems {
 public:
  // The item, which may be changed; nullptr if it does not exist. The first call for an item reads
  // it. Throws InvalidArgument for the 100th item of an event, and what Transport::call throws.
  ReadModel* get(const std::string& pk, const std::string& sk);
  ReadModel* get(const std::string& pk) { return get(pk, pk); }
  // The same; a new item if it does not exist.
  ReadModel& upsert(const std::string& pk, const std::string& sk);
  ReadModel& upsert(const std::string& pk) { return upsert(pk, pk); }
  void remove(const std::string& pk, const std::string& sk);
  void remove(const std::string& pk) { remove(pk, pk); }

 private:
  friend class Projector;
  struct Item {
    bool existed = false;
    bool is_replaced = false;        // by a new item of the same key
    std::optional<ReadModel> model;  // std::nullopt: there is none
  };
  using Key = std::pair<std::string, std::string>;

  // All of them must outlive it.
  ReadModelItems(Transport& transport, const std::string& table, const std::string& prefix)
      : transport_(&transport), table_(&table), prefix_(&prefix) {}
  static InvalidArgument tooMany() { return {"an event reads or changes at most 99 other items", "items"}; }
  Item& touch(const std::string& pk, const std::string& sk);
  Item load(const Key& key) const;
  std::string keyAttributes(const Key& key) const;
  void beginEvent() { before_event_.clear(); }
  void undoEvent();
  // The actions of a transaction that writes them, each after a comma.
  std::string actions() const;

  Transport* transport_;
  const std::string* table_;
  const std::string* prefix_;  // of the generation
  std::map<Key, Item> items_;
  std::map<Key, Item> before_event_;  // those that the current event has asked for, as they were
  bool is_full_ = false;              // an event has asked for more than a transaction takes
};

}  // namespace ddblog
