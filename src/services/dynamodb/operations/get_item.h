// GetItem: answers one item by its key, or nothing if there is none.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
#pragma once

#include <optional>
#include <string>

#include "expression/projection.h"
#include "item/attribute_value.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class GetItem {
 public:
  GetItem(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string table_name_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool consistent_ = false;
  Item key_;
  std::optional<Projection> projection_;
};

}  // namespace ddblog::dynamodb
