// EnableRule: lets a rule match again.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class EnableRule {
 public:
  EnableRule(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

EnableRule::EnableRule(rpc::RequestReader& request, Context& context) : context_(context) {
  name_ = request.fields().string("Name", ruleNameRule()).value_or("");
  bus_ = readBusName(request.fields(), context);
  request.finish();
}

std::string EnableRule::run(Transaction& transaction) const {
  Rule rule = context_.catalog.rule(transaction, bus_, name_);
  if (!rule.enabled()) rule.scheduled_since = context_.clock.now();
  rule.state = "ENABLED";
  context_.catalog.putRule(transaction, rule);
  return "{}";
}

}  // namespace

void addEnableRule(rpc::JsonApi& api, Context& context) { rpc::addWrite<EnableRule>(api, "EnableRule", context); }

}  // namespace ddblog::eventbridge
