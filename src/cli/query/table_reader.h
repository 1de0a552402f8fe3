// Reads tables for a person: their names, their keys, their items. Speaks DynamoDB's protocol only.
//
// Errors: those of Transport, and std::invalid_argument for a table that does not exist, with the
// nearest one. Thread safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/query/item_request.h"
#include "ddblog/transport.h"

namespace ddblog::cli {

class TableReader {
 public:
  TableReader(std::shared_ptr<Transport> transport, std::string stage)
      : transport_(std::move(transport)), stage_(std::move(stage)) {}

  std::vector<std::string> tableNames() const;
  // The table of this name or, if there is none, of the stage's: "core" is "dev-core".
  TableInfo find(const std::string& name) const;

  // Passes at most `most` items on (0: all), until `visit` returns false. Returns whether there may be
  // more.
  bool read(const ItemRequest& request, std::uint64_t most,
            const std::function<bool(const json::object&)>& visit) const;

  // Some values of the partition key that begin with `begun`, for who completes what is typed: of the
  // first page of the table.
  std::vector<std::string> somePartitions(const TableInfo& table, const Keys& keys, const std::string& index,
                                          const std::string& begun) const;

 private:
  json::object call(const std::string& operation, const json::object& request) const;
  // std::nullopt: there is no such table.
  std::optional<TableInfo> describe(const std::string& name) const;

  const std::shared_ptr<Transport> transport_;
  const std::string stage_;
};

}  // namespace ddblog::cli
