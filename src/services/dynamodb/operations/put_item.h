// PutItem: stores an item whole, if its condition holds for the item that it replaces.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class PutItem {
 public:
  PutItem(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  WriteParameters parameters_;
  ItemWrite write_;
};

}  // namespace ddblog::dynamodb
