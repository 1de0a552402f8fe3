// PutPermission: adds a statement to a bus's policy, or replaces the whole policy. The policy is kept
// and given back (DescribeEventBus); offline it is not enforced.
//
// Errors: constraints; neither a policy nor a whole statement; another action than events:PutEvents; a
// policy that is no JSON object; a missing bus; a policy that becomes too long.
#include <string>

#include "rpc/finite_numbers.h"
#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"
#include "services/eventbridge/operations/limits.h"
#include "services/eventbridge/operations/permission_fields.h"

namespace ddblog::eventbridge {
namespace {

class PutPermission {
 public:
  PutPermission(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string bus_;
  std::string policy_;      // a whole one; empty: a statement
  json::object statement_;  // without its Resource
};

PutPermission::PutPermission(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  bus_ = fields.string("EventBusName", permissionBusRule()).value_or(std::string(kDefaultBus));
  const auto action = fields.string("Action", {.min = 1, .max = 64, .pattern = "events:[a-zA-Z]+"});
  const auto principal = fields.string("Principal", {.min = 1, .max = 12, .pattern = R"((\d{12}|\*))"});
  const auto id = fields.string("StatementId", statementIdRule());
  json::object condition;
  if (auto object = fields.object("Condition")) {
    const auto type = object->string("Type", {.required = true}), key = object->string("Key", {.required = true});
    const auto value = object->string("Value", {.required = true});
    if (type && key && value) condition[*type] = json::object{{*key, *value}};
  }
  policy_ = fields.string("Policy").value_or("");
  request.finish();
  if (!policy_.empty()) {
    // With a number like 1e999, the bus's policy could not be read any more once a statement was added.
    const bool is_kept = isJsonObject(policy_) && rpc::isFinite(parseJson(policy_));
    if (!is_kept) throw validationError("This policy contains invalid Json");
    return;
  }
  if (!action || !principal || !id) {
    throw validationError("Parameter(s) Action, Principal, StatementId must be specified.");
  }
  if (*action != "events:PutEvents") throw validationError("Provided value in parameter 'action' is not supported.");
  statement_["Sid"] = *id;
  statement_["Effect"] = "Allow";
  if (*principal == "*") {
    statement_["Principal"] = "*";
  } else {
    statement_["Principal"] = json::object{{"AWS", "arn:aws:iam::" + *principal + ":root"}};
  }
  statement_["Action"] = *action;
  if (!condition.empty()) statement_["Condition"] = std::move(condition);
}

std::string PutPermission::run(Transaction& transaction) const {
  Bus bus = context_.catalog.bus(transaction, bus_);
  if (policy_.empty()) {
    json::object policy = policyOf(bus);
    json::array& statements = statementsOf(policy);
    eraseStatement(statements, textOf(statement_, "Sid"));
    json::object statement = statement_;
    statement["Resource"] = context_.arns.bus(bus.name);
    statements.push_back(std::move(statement));
    bus.settings[kPolicy] = json::serialize(policy);
  } else {
    bus.settings[kPolicy] = policy_;
  }
  if (bus.settings[kPolicy].get_string().size() > limits::kPolicyBytes) {
    throw ApiError("PolicyLengthExceededException", "The event bus policy is too long.");
  }
  context_.catalog.putBus(transaction, bus);
  return "{}";
}

}  // namespace

void addPutPermission(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<PutPermission>(api, "PutPermission", context);
}

}  // namespace ddblog::eventbridge
