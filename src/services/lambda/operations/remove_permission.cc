// RemovePermission: removes a statement from the policy of a function, a version or an alias.
//
// Rejects: ResourceNotFoundException for the function, its policy and the statement;
// PreconditionFailedException for another RevisionId than the current one.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/functions/policies.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/qualified_target.h"

namespace ddblog::lambda {

namespace {

class RemovePermission {
 public:
  RemovePermission(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        id_(request.pathParameter("StatementId")),
        revision_id_(request.query("RevisionId").value_or("")) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    const FunctionPointer function = context_.functions.find(transaction, asked_.name, asked_.qualifier);
    if (!function) throw notFound("No policy found for: " + context_.functions.arnOf(asked_.name));
    json::array statements = findPolicy(transaction, function->name, qualifierOf(*function));
    if (statements.empty()) throw notFound("No policy is associated with the given resource.");
    auto found = statements.begin();
    while (found != statements.end() && found->as_object().at("Sid") != json::string(id_)) ++found;
    if (found == statements.end()) throw notFound("Statement " + id_ + " is not found in resource policy.");
    checkRevisionId(revision_id_, revisionIdOf(transaction, *function));
    statements.erase(found);
    putPolicy(transaction, function->name, qualifierOf(*function), statements);
    putSettings(context_, transaction, *function);
    return "";
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const std::string id_;
  const std::string revision_id_;
};

}  // namespace

void addRemovePermission(rpc::RestApi& api, Context& context) {
  rpc::addWrite<RemovePermission>(
      api, {"DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", "RemovePermission", 204}, context);
}

}  // namespace ddblog::lambda
