// UntagResource: takes tags off a bus or a rule.
#pragma once

#include <string>
#include <vector>

#include "api/request_reader.h"
#include "eventbridge/context.h"

namespace ddblog::eventbridge {

class UntagResource {
 public:
  UntagResource(api::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string arn_;
  std::vector<std::string> keys_;
};

}  // namespace ddblog::eventbridge
