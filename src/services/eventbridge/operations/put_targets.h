// PutTargets: adds targets to a rule, or replaces those whose ids it has.
//
// Refusals: constraints; two kinds of input, input that cannot be; an ARN that is none or that nothing here can deliver
// to; a bus or rule that is not there; more than five targets on the rule.
#pragma once

#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/eventbridge/bus/context.h"

namespace ddblog::eventbridge {

class PutTargets {
 public:
  PutTargets(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  static void readTarget(rpc::ObjectReader& target);
  void refuseImpossible(const Target& target) const;

  Context& context_;
  std::string bus_;
  std::string rule_;
  std::vector<Target> targets_;
};

}  // namespace ddblog::eventbridge
