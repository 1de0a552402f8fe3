// DescribeLimits: the throughput quotas of an account and of a table. Here nothing is throttled; the figures are AWS's
// defaults (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html).
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class DescribeLimits {
 public:
  DescribeLimits(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;
};

}  // namespace ddblog::dynamodb
