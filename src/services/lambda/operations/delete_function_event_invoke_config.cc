// DeleteFunctionEventInvokeConfig: removes the settings of the asynchronous invocations of a function, a
// version or an alias, so that the defaults apply again.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionEventInvokeConfig.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/invoke_config.h"
#include "services/lambda/operations/qualified_target.h"

namespace ddblog::lambda {

namespace {

class DeleteFunctionEventInvokeConfig {
 public:
  DeleteFunctionEventInvokeConfig(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  std::string run(Transaction& transaction) const {
    Function function = *functionWithConfig(context_, transaction, asked_);
    function.asynchronous = {};
    putSettings(context_, transaction, function);
    return "";
  }

 private:
  Context& context_;
  const FunctionReference asked_;
};

}  // namespace

void addDeleteFunctionEventInvokeConfig(rpc::RestApi& api, Context& context) {
  rpc::addWrite<DeleteFunctionEventInvokeConfig>(
      api,
      {"DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "DeleteFunctionEventInvokeConfig", 204},
      context);
}

}  // namespace ddblog::lambda
