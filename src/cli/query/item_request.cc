#include "cli/query/item_request.h"

#include <stdexcept>
#include <vector>

#include "base/text.h"
#include "cli/query/filter.h"
#include "cli/terminal/suggestion.h"

namespace ddblog::cli {
namespace {

std::string textIn(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

// `of`: the table or an index, which has a KeySchema.
Keys keysOf(const json::object& table, const json::object& of) {
  Keys keys;
  for (const json::value& element : of.at("KeySchema").as_array()) {
    KeyAttribute key{textIn(element.as_object(), "AttributeName"), "S"};
    for (const json::value& definition : table.at("AttributeDefinitions").as_array()) {
      if (textIn(definition.as_object(), "AttributeName") != key.name) continue;
      key.type = textIn(definition.as_object(), "AttributeType");
    }
    if (textIn(element.as_object(), "KeyType") == "HASH") {
      keys.partition = std::move(key);
    } else {
      keys.sort = std::move(key);
    }
  }
  return keys;
}

// A variable of a script that is not set: it must not become a read of the whole table.
void checkNotEmpty(const std::string& option, const std::optional<std::string>& value) {
  if (value && value->empty()) {
    throw std::invalid_argument(option + " is empty: give it a value, or leave " + option + " out");
  }
}

}  // namespace

TableInfo tableInfoOf(const json::object& table) {
  TableInfo info{textIn(table, "TableName"), keysOf(table, table), {}};
  for (const char* kind : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
    const json::value* indexes = table.if_contains(kind);
    if (!indexes) continue;
    for (const json::value& index : indexes->as_array()) {
      info.indexes.emplace(textIn(index.as_object(), "IndexName"), keysOf(table, index.as_object()));
    }
  }
  return info;
}

const Keys& keysFor(const TableInfo& table, const ItemQuestion& question) {
  if (question.index.empty()) return table.keys;
  const auto found = table.indexes.find(question.index);
  if (found != table.indexes.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, keys] : table.indexes) names.push_back(name);
  const auto nearest = nearestTo(question.index, names);
  throw std::invalid_argument("the table " + table.name + " has no index " + question.index +
                              (nearest         ? "; did you mean " + *nearest + "?"
                               : names.empty() ? "; it has none"
                                               : "; it has " + joined(names)));
}

ItemRequest requestFor(const TableInfo& table, const ItemQuestion& question) {
  checkNotEmpty("--pk", question.partition);
  checkNotEmpty("--sk", question.sort_condition);
  checkNotEmpty("--filter", question.filter);
  const Keys& keys = keysFor(table, question);
  ItemRequest result{"Scan", {{"TableName", table.name}}};
  if (!question.index.empty()) result.request["IndexName"] = question.index;
  if (question.partition) {
    result.operation = "Query";
    std::optional<SortCondition> sort;
    if (question.sort_condition) sort = parseSortCondition(*question.sort_condition);
    addKeyCondition(result.request, keys, *question.partition, sort);
    if (question.index.empty()) result.request["ConsistentRead"] = true;
    if (question.reverse) result.request["ScanIndexForward"] = false;
  } else if (question.sort_condition || question.reverse) {
    throw std::invalid_argument(std::string(question.reverse ? "--reverse" : "--sk") +
                                " needs --pk: the items of different partition keys have no order");
  }
  if (question.filter) addFilter(result.request, *question.filter);
  return result;
}

}  // namespace ddblog::cli
