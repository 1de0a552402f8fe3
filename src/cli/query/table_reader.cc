#include "cli/query/table_reader.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "aws/json_response.h"
#include "base/text.h"
#include "cli/terminal/suggestion.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

constexpr std::uint64_t kLargestPage = 1000;   // items; a page has 1 MB at most, whatever is asked for
constexpr int kMostNamePages = 100;            // of 100 tables each: more than an account may have by default
constexpr std::size_t kMostCompletions = 200;  // more than a person looks at

}  // namespace

json::object TableReader::call(const std::string& operation, const json::object& request) const {
  return aws::parseResponse(transport_->call(Api::kDynamoDb, operation, json::serialize(request)));
}

std::vector<std::string> TableReader::tableNames() const {
  std::vector<std::string> names;
  json::object request;
  for (int page = 0; page < kMostNamePages; ++page) {
    const json::object response = call("ListTables", request);
    for (const json::value& name : response.at("TableNames").as_array()) names.emplace_back(name.as_string());
    const json::value* last = response.if_contains("LastEvaluatedTableName");
    if (!last || !last->is_string()) break;
    request["ExclusiveStartTableName"] = *last;
  }
  return names;
}

std::optional<TableInfo> TableReader::describe(const std::string& name) const {
  try {
    return tableInfoOf(call("DescribeTable", {{"TableName", name}}).at("Table").as_object());
  } catch (const ServiceError& error) {
    if (error.type() != "ResourceNotFoundException") throw;
    return std::nullopt;
  }
}

TableInfo TableReader::find(const std::string& name) const {
  const std::string of_stage = stage_ + "-" + name;
  for (const std::string& candidate : {name, of_stage}) {
    if (auto found = describe(candidate)) return *std::move(found);
  }
  const std::vector<std::string> names = tableNames();
  auto nearest = nearestTo(name, names);
  if (!nearest) nearest = nearestTo(of_stage, names);
  throw std::invalid_argument("there is no table " + name +
                              (nearest         ? "; did you mean " + *nearest + "?"
                               : names.empty() ? "; there are no tables"
                                               : "; there are " + joined(names)));
}

bool TableReader::read(const ItemRequest& what, std::uint64_t most,
                       const std::function<bool(const json::object&)>& visit) const {
  json::object request = what.request;
  const bool is_filtered = request.contains("FilterExpression");
  for (std::uint64_t count = 0;;) {
    // With a filter, the limit is about the items before it.
    if (most > 0 && !is_filtered) request["Limit"] = std::min(kLargestPage, most - count);
    const json::object page = call(what.operation, request);
    const json::value* last = page.if_contains("LastEvaluatedKey");
    const bool has_more = last && last->is_object();
    const json::array& items = page.at("Items").as_array();
    for (const json::value& item : items) {
      if (!visit(item.as_object())) return true;
      if (++count == most) return has_more || &item != &items.back();
    }
    if (!has_more) return false;
    request["ExclusiveStartKey"] = *last;
  }
}

std::vector<std::string> TableReader::somePartitions(const TableInfo& table, const Keys& keys, const std::string& index,
                                                     const std::string& begun) const {
  json::object request{{"TableName", table.name},
                       {"Limit", kLargestPage},
                       {"ProjectionExpression", "#kp"},
                       {"ExpressionAttributeNames", {{"#kp", keys.partition.name}}}};
  if (!index.empty()) request["IndexName"] = index;
  std::set<std::string> found;
  const json::object page = call("Scan", request);
  for (const json::value& item : page.at("Items").as_array()) {
    const json::value* value = item.as_object().if_contains(keys.partition.name);
    if (!value || found.size() >= kMostCompletions) continue;
    const std::string text(value->as_object().at(keys.partition.type).as_string());
    if (text.starts_with(begun)) found.insert(text);
  }
  return {found.begin(), found.end()};
}

}  // namespace ddblog::cli
