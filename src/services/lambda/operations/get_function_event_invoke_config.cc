#include "services/lambda/operations/get_function_event_invoke_config.h"

#include "base/json_writer.h"

namespace ddblog::lambda {

GetFunctionEventInvokeConfig::GetFunctionEventInvokeConfig(const rpc::Request& request, Context& context) {
  const auto qualifier = request.query.find("Qualifier");
  function_ = context.functions.get(request.parameters.at("FunctionName"),
                                    qualifier == request.query.end() ? std::string_view() : qualifier->second);
}

std::string GetFunctionEventInvokeConfig::run() const {
  const AsynchronousSettings& settings = function_->asynchronous;
  std::string body;
  JsonWriter json(body);
  json.beginObject();
  json.key("FunctionArn").value(function_->arn + ":$LATEST");
  json.key("MaximumRetryAttempts").value(settings.maximum_retry_attempts);
  json.key("MaximumEventAgeInSeconds").value(static_cast<std::int64_t>(settings.maximum_event_age.count()));
  json.key("DestinationConfig").beginObject();
  const auto destination = [&json](const char* name, const std::string& arn) {
    json.key(name).beginObject();
    if (!arn.empty()) json.key("Destination").value(arn);
    json.endObject();
  };
  destination("OnSuccess", settings.on_success);
  destination("OnFailure", settings.on_failure);
  json.endObject().endObject();
  return body;
}

}  // namespace ddblog::lambda
