// DeleteTable: removes a table with its items, indexes, tags and policy. Its stream stays readable for its retention.
//
// Refuses: ResourceNotFoundException; ValidationException for a table that is protected against deletion.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class DeleteTable {
 public:
  DeleteTable(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
};

}  // namespace ddblog::dynamodb
