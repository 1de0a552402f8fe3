#include "services/eventbridge/operations/disable_rule.h"

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

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

}  // namespace ddblog::eventbridge
