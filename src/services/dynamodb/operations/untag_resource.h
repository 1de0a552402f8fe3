// UntagResource: takes tags of a table away; keys that it does not have do not matter. Answers nothing.
//
// Refuses: an ARN that is none; no, wrong or too many keys; ResourceNotFoundException.
#pragma once

#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class UntagResource {
 public:
  UntagResource(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::vector<std::string> keys_;
};

}  // namespace ddblog::dynamodb
