// DeleteRule: takes a rule away. One that is not there is no error.
// Refusals: constraints, a bus that is not there, a rule that has targets.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class DeleteRule {
 public:
  DeleteRule(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

}  // namespace ddblog::eventbridge
