// The rules for items written to a table: its own key and the keys of its indexes.
//
//   const ImportKeys keys(description);   // DescribeTable's Table, or a CreateTable request
//   keys.checkItem(item);                // throws what the service would return for PutItem
//
// Errors: std::invalid_argument for a description without a valid key; the checks throw ApiError
// with DynamoDB's messages. Thread safety: immutable.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "item/attribute_value.h"
#include "services/dynamodb/core/table.h"

namespace ddblog::table_files {

class ImportKeys {
 public:
  explicit ImportKeys(const json::object& description);

  // Checks a whole item: its size, the table's key, and the indexes' keys if present.
  void checkItem(const Item& item) const;
  // Checks the key alone.
  void checkKey(const Item& key) const;
  // The type of an attribute that is part of a key: "S", "N" or "B"; "S" for any other.
  std::string_view keyType(std::string_view attribute) const;
  // Equal for two items (or keys) that are the same item in the table: 1 and 1.0 are one number.
  std::string identityOf(const json::object& item) const;

 private:
  dynamodb::Table table_;  // only its keys are set
};

}  // namespace ddblog::table_files
