// GetFunctionEventInvokeConfig: what happens to the asynchronous invocations of a function, a version
// or an alias.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/invoke_config.h"

namespace ddblog::lambda {

namespace {

class GetFunctionEventInvokeConfig {
 public:
  GetFunctionEventInvokeConfig(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    std::string body;
    JsonWriter json(body);
    writeInvokeConfig(json, *functionWithConfig(context_, reader, asked_));
    return body;
  }

 private:
  Context& context_;
  const FunctionReference asked_;
};

}  // namespace

void addGetFunctionEventInvokeConfig(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetFunctionEventInvokeConfig>(
      api, {"GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config", "GetFunctionEventInvokeConfig"},
      context);
}

}  // namespace ddblog::lambda
