// DeleteRule: deletes a rule. A missing one is not an error.
// Errors: constraints, a missing bus, a rule that has targets.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class DeleteRule {
 public:
  DeleteRule(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

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

}  // namespace

void addDeleteRule(rpc::JsonApi& api, Context& context) { rpc::addWrite<DeleteRule>(api, "DeleteRule", context); }

}  // namespace ddblog::eventbridge
