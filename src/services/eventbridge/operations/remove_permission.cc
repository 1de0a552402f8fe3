// RemovePermission: removes a statement from a bus's policy, or all of them.
// Errors: constraints, a missing bus, a bus without a policy, a missing statement.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/permission_fields.h"

namespace ddblog::eventbridge {
namespace {

class RemovePermission {
 public:
  RemovePermission(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string statement_id_;
  bool removes_all_ = false;
};

RemovePermission::RemovePermission(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  statement_id_ = fields.string("StatementId", statementIdRule()).value_or("");
  removes_all_ = fields.boolean("RemoveAllPermissions").value_or(false);
  bus_ = fields.string("EventBusName", permissionBusRule()).value_or(std::string(kDefaultBus));
  request.finish();
}

std::string RemovePermission::run(Transaction& transaction) const {
  Bus bus = context_.catalog.bus(transaction, bus_);
  if (removes_all_) {
    bus.settings.erase(kPolicy);
  } else {
    if (!bus.settings.contains(kPolicy)) throw resourceNotFound("EventBus does not have a policy.");
    json::object policy = policyOf(bus);
    json::array& statements = statementsOf(policy);
    if (!eraseStatement(statements, statement_id_)) {
      throw resourceNotFound("Statement with the provided id does not exist.");
    }
    if (statements.empty()) {
      bus.settings.erase(kPolicy);
    } else {
      bus.settings[kPolicy] = json::serialize(policy);
    }
  }
  context_.catalog.putBus(transaction, bus);
  return "{}";
}

}  // namespace

void addRemovePermission(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<RemovePermission>(api, "RemovePermission", context);
}

}  // namespace ddblog::eventbridge
