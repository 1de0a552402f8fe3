// BatchGetItem: up to 100 items of several tables by their keys. What would make the answer larger than 16 MB is
// answered as UnprocessedKeys, in the form of a request.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "expression/projection.h"
#include "item/attribute_value.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class BatchGetItem {
 public:
  BatchGetItem(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  struct TableKeys {
    std::string table_name;
    std::vector<Item> keys;
    bool consistent = false;
    std::optional<Projection> projection;
    json::object request;  // as given, without the keys: what UnprocessedKeys repeats
  };
  // Writes the items of one table; returns the keys that found no more room.
  std::vector<const Item*> readItems(const Reader& reader, const TableKeys& wanted, const Table& table,
                                     JsonWriter& json, std::size_t& bytes, ConsumedCapacity& consumed) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::vector<TableKeys> tables_;
};

}  // namespace ddblog::dynamodb
