// UpdateFunctionEventInvokeConfig: changes what the request mentions of the settings of the
// asynchronous invocations of a function, a version or an alias.
//
// Rejects: broken constraints; ResourceNotFoundException if there are no settings;
// InvalidParameterValueException for an empty request, and for destinations that do not fit.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionEventInvokeConfig.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/invoke_config.h"

namespace ddblog::lambda {

namespace {

class UpdateFunctionEventInvokeConfig {
 public:
  UpdateFunctionEventInvokeConfig(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)), config_(request) {
    request.finish();
    config_.check();
  }

  std::string run(Transaction& transaction) const {
    const FunctionPointer function = functionWithConfig(context_, transaction, asked_);
    return changeInvokeConfig(context_, transaction, *function, function->asynchronous, config_);
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const InvokeConfig config_;
};

}  // namespace

void addUpdateFunctionEventInvokeConfig(rpc::RestApi& api, Context& context) {
  rpc::addWrite<UpdateFunctionEventInvokeConfig>(
      api, {"POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "UpdateFunctionEventInvokeConfig"},
      context);
}

}  // namespace ddblog::lambda
