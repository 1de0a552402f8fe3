// The items that a subscription's group keeps in a table: all under pk = "subscription#<group>".
//
// Writes are conditional, and are tried again for a moment while transactions work on the same
// items. All methods throw what Transport::call throws. Thread safety: any thread may call any method.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "ddblog/transport.h"

namespace ddblog {

// One UpdateItem: what it changes, and on which conditions (all of them).
class GroupUpdate {
 public:
  // `attribute`: in DynamoDB's JSON.
  GroupUpdate& set(std::string_view name, std::string_view attribute);
  GroupUpdate& add(std::string_view name, int number);  // to a number that is there
  GroupUpdate& remove(std::string_view name);
  GroupUpdate& onlyIf(std::string_view name, std::string_view attribute);
  GroupUpdate& onlyIfAbsent(std::string_view name);

 private:
  friend class GroupTable;
  std::string named(std::string_view name);
  void value(std::string_view name, std::string_view attribute);
  void condition(const std::string& text);

  std::string set_, remove_, condition_, values_;
  std::set<std::string, std::less<>> names_;
};

class GroupTable {
 public:
  GroupTable(std::shared_ptr<Transport> transport, std::string table, std::string_view group,
             std::shared_ptr<Environment> environment);

  const std::string& name() const { return table_; }
  // {"pk": …, "sk": …}, and with more members, each of which begins with a comma.
  std::string item(std::string_view sk, std::string_view members = {}) const;

  std::optional<json::object> get(std::string_view sk) const;
  // Passes the items whose sort key begins so to `visit`, in order, until it returns false. `only`: an
  // attribute, all that they have; empty: they are whole.
  void query(std::string_view begin, std::string_view only,
             const std::function<bool(const json::object&)>& visit) const;

  void put(const std::string& item) const;
  // These return false if a condition failed.
  bool putNew(const std::string& item) const;
  bool update(std::string_view sk, const GroupUpdate& update) const;
  bool transact(const std::string& actions) const;  // of TransactWriteItems
  void remove(std::string_view sk) const;

 private:
  bool write(std::string_view operation, const std::string& request) const;

  std::shared_ptr<Transport> transport_;
  std::string table_;
  std::string pk_;  // as an attribute
  std::shared_ptr<Environment> environment_;
};

}  // namespace ddblog
