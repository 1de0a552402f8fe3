#include "services/eventbridge/operations/delete_rule.h"

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

DeleteRule::DeleteRule(rpc::RequestReader& request, Context& context) : context_(context) {
  name_ = request.fields().string("Name", ruleNameRule()).value_or("");
  bus_ = readBusName(request.fields(), context);
  request.fields().boolean("Force");
  request.finish();
}

std::string DeleteRule::run(Transaction& transaction) const {
  context_.catalog.bus(transaction, bus_);
  if (!context_.catalog.findRule(transaction, bus_, name_)) return "{}";
  if (context_.catalog.countTargets(transaction, bus_, name_) != 0) {
    throw validationError("Rule can't be deleted since it has targets.");
  }
  context_.catalog.eraseRule(transaction, bus_, name_);
  return "{}";
}

}  // namespace ddblog::eventbridge
