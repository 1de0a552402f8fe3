// PutFunctionEventInvokeConfig: sets what happens to the asynchronous invocations of a function, a
// version or an alias; what the request does not mention becomes the default.
//
// Rejects: broken constraints; ResourceNotFoundException for the function;
// InvalidParameterValueException for an empty request, and for destinations that do not fit.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/invoke_config.h"
#include "services/lambda/operations/qualified_target.h"

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
    Function function = *configuredFunction(context_, transaction, asked_);
    config_.checkDestinations(context_, transaction, function);
    AsynchronousSettings settings;
    config_.applyTo(settings);
    settings.configured_at = context_.clock.now();
    function.asynchronous = settings;
    putSettings(context_, transaction, function);
    std::string body;
    JsonWriter json(body);
    writeInvokeConfig(json, function);
    return body;
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
