// DisableRule: keeps a rule from matching until it is enabled.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class DisableRule {
 public:
  DisableRule(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

}  // namespace ddblog::eventbridge
