// DisableRule: stops a rule from matching until it is enabled.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class DisableRule {
 public:
  DisableRule(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

DisableRule::DisableRule(rpc::RequestReader& request, Context& context) : context_(context) {
  name_ = request.fields().string("Name", ruleNameRule()).value_or("");
  bus_ = readBusName(request.fields(), context);
  request.finish();
}

std::string DisableRule::run(Transaction& transaction) const {
  Rule rule = context_.catalog.rule(transaction, bus_, name_);
  rule.state = "DISABLED";
  context_.catalog.putRule(transaction, rule);
  return "{}";
}

}  // namespace

void addDisableRule(rpc::JsonApi& api, Context& context) { rpc::addWrite<DisableRule>(api, "DisableRule", context); }

}  // namespace ddblog::eventbridge
