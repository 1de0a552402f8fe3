// GetFunctionEventInvokeConfig: what happens to a function's asynchronous invocations.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionEventInvokeConfig.html
#include "base/json_writer.h"
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

void writeDestination(JsonWriter& json, const char* name, const std::string& arn) {
  json.key(name).beginObject();
  if (!arn.empty()) json.key("Destination").value(arn);
  json.endObject();
}

class GetFunctionEventInvokeConfig {
 public:
  GetFunctionEventInvokeConfig(rpc::RequestReader& request, Context& context)
      : context_(context), asked_(readFunctionReference(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const FunctionPointer function = context_.functions.get(reader, asked_.name, asked_.qualifier);
    const AsynchronousSettings& settings = function->asynchronous;
    std::string body;
    JsonWriter json(body);
    json.beginObject();
    json.key("FunctionArn").value(function->arn + ":$LATEST");
    json.key("MaximumRetryAttempts").value(settings.maximum_retry_attempts);
    json.key("MaximumEventAgeInSeconds").value(static_cast<std::int64_t>(settings.maximum_event_age.count()));
    json.key("DestinationConfig").beginObject();
    writeDestination(json, "OnSuccess", settings.on_success);
    writeDestination(json, "OnFailure", settings.on_failure);
    json.endObject().endObject();
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
