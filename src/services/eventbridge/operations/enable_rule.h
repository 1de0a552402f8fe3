// EnableRule: lets a rule match again.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class EnableRule {
 public:
  EnableRule(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

}  // namespace ddblog::eventbridge
