// GetResourcePolicy: the policy of a table or a stream, and its revision.
//
// Refuses: an ARN that is none; ResourceNotFoundException; PolicyNotFoundException.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class GetResourcePolicy {
 public:
  GetResourcePolicy(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string arn_;
};

}  // namespace ddblog::dynamodb
