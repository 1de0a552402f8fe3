// CreateAlias: creates a name that points to a version of a function, or to two.
//
// Rejects: broken constraints; ResourceNotFoundException for a function or a version;
// ResourceConflictException if the alias exists; InvalidParameterValueException for a wrong routing.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/alias_settings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class CreateAlias {
 public:
  CreateAlias(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        name_(request.fields().string("Name", aliasNameRule()).value_or("")),
        settings_(request, true) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    const FunctionPointer function = context_.functions.get(transaction, asked_.name);
    Alias alias;
    alias.name = name_;
    settings_.applyTo(alias);
    checkAlias(context_, transaction, *function, alias);
    if (findAlias(transaction, function->name, name_)) {
      throw resourceConflict("Alias already exists: " + function->arn + ":" + name_);
    }
    alias.revision_id = context_.ids.uuid();
    putAlias(transaction, function->name, alias);
    context_.queue.functionIsMade(transaction, function->name + ":" + name_);
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
};

}  // namespace

void addCreateAlias(rpc::RestApi& api, Context& context) {
  rpc::addWrite<CreateAlias>(api, {"POST", "/2015-03-31/functions/{FunctionName}/aliases", "CreateAlias", 201},
                             context);
}

}  // namespace ddblog::lambda
