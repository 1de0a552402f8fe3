// UntagResource: takes tags off a bus or a rule.
#pragma once

#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class UntagResource {
 public:
  UntagResource(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::vector<std::string> keys_;
};

}  // namespace ddblog::eventbridge
