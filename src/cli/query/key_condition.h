// The keys of a table or an index, and the conditions on them that a person writes:
//
//   42                 equals; also "= 42"
//   < 3, <= 3, > 3, >= 3
//   begins_with x
//   between a b        also "between a and b"; values with spaces in quotes: between 'a b' 'c d'
//
// Errors: std::invalid_argument, one line. Thread safety: values and stateless functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace ddblog::cli {

struct KeyAttribute {
  std::string name;
  std::string type;  // "S", "N" or "B"
};

struct Keys {
  KeyAttribute partition;
  std::optional<KeyAttribute> sort;
};

struct SortCondition {
  std::string comparison;           // "=", "<", "<=", ">", ">=", "begins_with", "between"
  std::vector<std::string> values;  // two for "between", otherwise one
};

SortCondition parseSortCondition(std::string_view text);

// A key's value as an attribute: {"N": "3"}. A binary value is written in base64.
json::object keyValue(const KeyAttribute& key, const std::string& text);

// Adds KeyConditionExpression and its names and values, which begin with #k and :k, to a request of Query.
void addKeyCondition(json::object& request, const Keys& keys, const std::string& partition,
                     const std::optional<SortCondition>& sort);

}  // namespace ddblog::cli
