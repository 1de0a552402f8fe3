// DescribeTable: a table's description. Refuses ResourceNotFoundException.
#pragma once

#include <string>

#include "api/request_reader.h"
#include "dynamodb/context.h"

namespace ddblog::dynamodb {

class DescribeTable {
 public:
  DescribeTable(api::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

}  // namespace ddblog::dynamodb
