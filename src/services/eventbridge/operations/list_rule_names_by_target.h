// ListRuleNamesByTarget: the rules of a bus that have a target of this ARN.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class ListRuleNamesByTarget {
 public:
  ListRuleNamesByTarget(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string bus_;
  std::string target_arn_;
  PageRequest page_;
};

}  // namespace ddblog::eventbridge
