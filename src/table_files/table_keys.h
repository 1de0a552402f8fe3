// What a table asks of the items that are written to it: its own key and those of its indexes.
//
//   const TableKeys keys(description);   // DescribeTable's Table, or a CreateTable request
//   keys.checkItem(item);                // refuses as the service would refuse its PutItem
//
// Errors: std::invalid_argument for a description without a usable key; the checks throw ApiError
// in DynamoDB's words.
// Thread safety: immutable.
#pragma once

#include <string>

#include "base/json.h"
#include "item/attribute_value.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::table_files {

class TableKeys {
 public:
  explicit TableKeys(const json::object& description);

  // A whole item: its size, the table's key, and what it has of the indexes' keys.
  void checkItem(const Item& item) const;
  // The key of an item alone.
  void checkKey(const Item& key) const;
  // Equal for two items, or keys of items, that are one item in the table: 1 and 1.0 are one
  // number.
  std::string identityOf(const json::object& item) const;

 private:
  dynamodb::Table table_;  // only its keys are known
};

}  // namespace ddblog::table_files
