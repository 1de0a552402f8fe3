// DescribeTable: a table's description. Refuses ResourceNotFoundException.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class DescribeTable {
 public:
  DescribeTable(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

}  // namespace ddblog::dynamodb
