// UpdateItem: changes parts of an item, if its condition holds, or makes the item if there is none.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class UpdateItem {
 public:
  UpdateItem(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  std::string attributes(const ItemChange& change) const;  // what ReturnValues asks for

  Context& context_;
  WriteParameters parameters_;
  ItemWrite write_;
};

}  // namespace ddblog::dynamodb
