// DescribeTimeToLive: whether a table's time to live is on, and by which attribute. Refuses ResourceNotFoundException.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class DescribeTimeToLive {
 public:
  DescribeTimeToLive(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

}  // namespace ddblog::dynamodb
