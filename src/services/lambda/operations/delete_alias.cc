// DeleteAlias: deletes an alias. Nothing happens if the function has no such alias.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/functions/policies.h"
#include "services/lambda/operations/alias_settings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class DeleteAlias {
 public:
  DeleteAlias(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        name_(request.pathParameter("Name", aliasNameRule())) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    const FunctionPointer function = context_.functions.get(transaction, asked_.name);
    eraseAlias(transaction, function->name, name_);
    putPolicy(transaction, function->name, name_, {});
    return "";
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const std::string name_;
};

}  // namespace

void addDeleteAlias(rpc::RestApi& api, Context& context) {
  rpc::addWrite<DeleteAlias>(api, {"DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "DeleteAlias", 204},
                             context);
}

}  // namespace ddblog::lambda
