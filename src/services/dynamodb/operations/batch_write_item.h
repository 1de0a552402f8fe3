// BatchWriteItem: puts and deletes up to 25 items of several tables. One command of the writer: here all of them are
// written, or none (DynamoDB promises only each by itself), so nothing is ever left unprocessed.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
#pragma once

#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class BatchWriteItem {
 public:
  BatchWriteItem(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  struct TableWrites {
    std::string table_name;
    std::vector<ItemWrite> writes;
  };

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool metrics_ = false;
  std::vector<TableWrites> tables_;
};

}  // namespace ddblog::dynamodb
