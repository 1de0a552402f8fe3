// DescribeEndpoints: where a client that discovers endpoints should go. As in AWS the one regional address, a day long.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class DescribeEndpoints {
 public:
  DescribeEndpoints(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  std::string region_;
};

}  // namespace ddblog::dynamodb
