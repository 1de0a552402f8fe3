// PutRule: makes a rule or replaces one (which keeps its targets).
// Refusals: constraints, neither pattern nor schedule, a schedule (not served), a pattern that is not valid, a bus that
// is not there, too many rules.
#pragma once

#include <string>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class PutRule {
 public:
  PutRule(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  Rule rule_;
};

}  // namespace ddblog::eventbridge
