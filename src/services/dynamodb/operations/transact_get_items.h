// TransactGetItems: up to 100 items of several tables, as they are at one moment.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
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

class TransactGetItems {
 public:
  TransactGetItems(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  struct Get {
    std::string table_name;
    Item key;
    std::optional<Projection> projection;
  };
  using Tables = std::vector<std::shared_ptr<const Table>>;  // one for each get

  void checkKeys(const Tables& tables) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  std::vector<Get> gets_;
};

}  // namespace ddblog::dynamodb
