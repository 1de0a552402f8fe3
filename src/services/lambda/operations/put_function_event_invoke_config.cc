// PutFunctionEventInvokeConfig: sets what happens to the asynchronous invocations of a function, a
// version or an alias; what the request does not mention becomes the default.
//
// Rejects: broken constraints; ResourceNotFoundException for the function;
// InvalidParameterValueException for an empty request, and for destinations that do not fit.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/invoke_config.h"

namespace ddblog::lambda {

namespace {

class PutFunctionEventInvokeConfig {
 public:
  PutFunctionEventInvokeConfig(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)), config_(request) {
    request.finish();
    config_.check();
  }

  std::string run(Transaction& transaction) const {
    return changeInvokeConfig(context_, transaction, *configuredFunction(context_, transaction, asked_), {}, config_);
  }

 private:
  Context& context_;
  const FunctionReference asked_;
  const InvokeConfig config_;
};

}  // namespace

void addPutFunctionEventInvokeConfig(rpc::RestApi& api, Context& context) {
  rpc::addWrite<PutFunctionEventInvokeConfig>(
      api, {"PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "PutFunctionEventInvokeConfig"},
      context);
}

}  // namespace ddblog::lambda
