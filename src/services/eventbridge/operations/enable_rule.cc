#include "services/eventbridge/operations/enable_rule.h"

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

EnableRule::EnableRule(rpc::RequestReader& request, Context& context) : context_(context) {
  name_ = request.fields().string("Name", ruleNameRule()).value_or("");
  bus_ = readBusName(request.fields(), context);
  request.finish();
}

std::string EnableRule::run(Transaction& transaction) const {
  Rule rule = context_.catalog.rule(transaction, bus_, name_);
  rule.state = "ENABLED";
  context_.catalog.putRule(transaction, rule);
  return "{}";
}

}  // namespace ddblog::eventbridge
