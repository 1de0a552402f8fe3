// UpdateAlias: changes what the request mentions of an alias: its version, description and weights.
//
// Rejects: as CreateAlias; ResourceNotFoundException for the alias; PreconditionFailedException for
// another RevisionId than the current one.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/alias_settings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class UpdateAlias {
 public:
  UpdateAlias(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        name_(request.pathParameter("Name", aliasNameRule())),
        settings_(request, false),
        revision_id_(request.fields().string("RevisionId").value_or("")) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    const FunctionPointer function = context_.functions.get(transaction, asked_.name);
    Alias alias = getAlias(transaction, *function, name_);
    checkRevisionId(revision_id_, alias.revision_id);
    settings_.applyTo(alias);
    checkAlias(context_, transaction, *function, alias);
    alias.revision_id = context_.ids.uuid();
    putAlias(transaction, function->name, alias);
    std::string body;
    JsonWriter json(body);
    writeAlias(json, function->arn, alias);
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const std::string name_;
  const AliasSettings settings_;
  const std::string revision_id_;
};

}  // namespace

void addUpdateAlias(rpc::RestApi& api, Context& context) {
  rpc::addWrite<UpdateAlias>(api, {"PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "UpdateAlias"},
                             context);
}

}  // namespace ddblog::lambda
