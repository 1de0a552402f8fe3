// UpdateFunctionConfiguration: changes the settings of $LATEST of a function that the request mentions.
//
// Rejects: as CreateFunction; ResourceNotFoundException; PreconditionFailedException for another
// RevisionId than the current one.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/function_json.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/function_settings.h"

namespace ddblog::lambda {

namespace {

class UpdateFunctionConfiguration {
 public:
  UpdateFunctionConfiguration(rpc::RequestReader& request, Context& context)
      : context_(context),
        asked_(readFunctionReference(request)),
        settings_(request, FunctionSettings::For::kUpdate),
        revision_id_(request.fields().string("RevisionId").value_or("")) {
    request.finish();
    settings_.check(context);
  }

  std::string run(Transaction& transaction) const {
    Function function = *context_.functions.get(transaction, asked_.name);
    checkRevisionId(revision_id_, function.revision_id);
    settings_.applyTo(function, transaction);
    touch(function, context_);
    context_.functions.put(transaction, function);
    std::string body;
    JsonWriter json(body);
    writeConfiguration(json, function);
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const FunctionSettings settings_;
  const std::string revision_id_;
};

}  // namespace

void addUpdateFunctionConfiguration(rpc::RestApi& api, Context& context) {
  rpc::addWrite<UpdateFunctionConfiguration>(
      api, {"PUT", "/2015-03-31/functions/{FunctionName}/configuration", "UpdateFunctionConfiguration"}, context);
}

}  // namespace ddblog::lambda
