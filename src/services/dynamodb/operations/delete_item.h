// DeleteItem: takes an item out of its table, if its condition holds. Nothing happens if there is none.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class DeleteItem {
 public:
  DeleteItem(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  WriteParameters parameters_;
  ItemWrite write_;
};

}  // namespace ddblog::dynamodb
