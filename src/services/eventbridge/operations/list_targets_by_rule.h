// ListTargetsByRule: the targets of a rule, as they were put.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class ListTargetsByRule {
 public:
  ListTargetsByRule(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string bus_;
  std::string rule_;
  PageRequest page_;
};

}  // namespace ddblog::eventbridge
