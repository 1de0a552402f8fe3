// A look at the items of a table: what a person asks for, as a request of Query or Scan.
//
// Errors: std::invalid_argument, one line. Thread safety: values and stateless functions.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/json.h"
#include "cli/query/key_condition.h"

namespace ddblog::cli {

struct TableInfo {
  std::string name;
  Keys keys;
  std::map<std::string, Keys> indexes;
};

struct ItemQuestion {
  std::optional<std::string> partition = {};       // the partition key's value; none: all items (a scan)
  std::optional<std::string> sort_condition = {};  // key_condition.h
  std::optional<std::string> filter = {};          // filter.h
  std::string index = {};                          // empty: the table itself
  bool reverse = false;                            // the largest sort key first
};

// A DescribeTable response's table.
TableInfo tableInfoOf(const json::object& table);

// The keys that the question is about. Throws for an index that the table does not have.
const Keys& keysFor(const TableInfo& table, const ItemQuestion& question);

// The operation, and its request. Throws for a condition that is given, but empty. Reads of the table itself by key are strongly consistent.
struct ItemRequest {
  std::string operation;  // "Query" or "Scan"
  json::object request;
};
ItemRequest requestFor(const TableInfo& table, const ItemQuestion& question);

}  // namespace ddblog::cli
