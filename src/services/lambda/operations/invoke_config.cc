#include "services/lambda/operations/invoke_config.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "services/lambda/functions/errors.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/operations/qualified_target.h"

namespace ddblog::lambda {

namespace {

std::optional<std::string> readDestination(rpc::ObjectReader& config, const char* which) {
  auto of = config.object(which);
  if (!of) return std::nullopt;
  return of->string("Destination", {.max = 350}).value_or("");
}

// The service of an ARN: "sqs".
std::string_view serviceOf(std::string_view arn) {
  if (!arn.starts_with("arn:")) return {};
  arn.remove_prefix(4);
  arn.remove_prefix(std::min(arn.find(':') + 1, arn.size()));
  return arn.substr(0, arn.find(':'));
}

std::string shownDestination(const char* which, const std::optional<std::string>& arn) {
  return arn && !arn->empty() ? std::string(which) + "(destination=" + *arn + ")" : "null";
}

void writeDestination(JsonWriter& json, const char* name, const std::string& arn) {
  json.key(name).beginObject();
  if (!arn.empty()) json.key("Destination").value(arn);
  json.endObject();
}

}  // namespace

InvokeConfig::InvokeConfig(rpc::RequestReader& request) {
  rpc::ObjectReader& fields = request.fields();
  retries_ = fields.integer("MaximumRetryAttempts", {.min = 0, .max = limits::kAsyncRetries});
  age_ = fields.integer("MaximumEventAgeInSeconds", {.min = 60, .max = limits::kAsyncAge.count()});
  if (auto destinations = fields.object("DestinationConfig")) {
    has_destinations_ = true;
    on_success_ = readDestination(*destinations, "OnSuccess");
    on_failure_ = readDestination(*destinations, "OnFailure");
  }
}

void InvokeConfig::check() const {
  if (retries_ || age_ || has_destinations_) return;
  throw invalidParameterValue("You must specify at least one of error handling or destination setting.");
}

void InvokeConfig::checkDestinations(const Context& context, const Reader& reader, const Function& function) const {
  for (const auto& arn : {on_failure_, on_success_}) {
    if (!arn || arn->empty()) continue;
    const std::string_view service = serviceOf(*arn);
    if (service != "lambda" && service != "sqs" && service != "sns" && service != "events" && service != "s3") {
      throw invalidParameterValue(
          "The provided destination config DestinationConfig(onSuccess=" + shownDestination("OnSuccess", on_success_) +
          ", onFailure=" + shownDestination("OnFailure", on_failure_) + ") is invalid.");
    }
    if (service == "lambda") {
      const FunctionPointer destination = context.functions.find(reader, *arn);
      if (!destination) throw invalidParameterValue("The destination ARN " + *arn + " is invalid.");
      if (destination->name == function.name) {
        throw invalidParameterValue("You can't specify the function as a destination for itself.");
      }
    }
    if (!context.recipients.find(*arn)) throw invalidParameterValue("there is no destination " + *arn + " offline");
  }
}

void InvokeConfig::applyTo(AsynchronousSettings& settings) const {
  if (retries_) settings.maximum_retry_attempts = static_cast<int>(*retries_);
  if (age_) settings.maximum_event_age = std::chrono::seconds(*age_);
  if (has_destinations_) {
    settings.on_success = on_success_.value_or("");
    settings.on_failure = on_failure_.value_or("");
  }
}

FunctionPointer configuredFunction(const Context& context, const Reader& reader, const FunctionReference& asked) {
  if (FunctionPointer function = context.functions.find(reader, asked.name, asked.qualifier)) return function;
  throw notFound("The function doesn't exist.");
}

FunctionPointer functionWithConfig(const Context& context, const Reader& reader, const FunctionReference& asked) {
  const FunctionPointer function = context.functions.find(reader, asked.name, asked.qualifier);
  if (function && function->asynchronous.configured_at) return function;
  const std::string arn = function ? function->qualifiedArn()
                                   : context.functions.arnOf(asked.name) + ":" +
                                         (asked.qualifier.empty() ? std::string(kLatest) : asked.qualifier);
  throw notFound("The function " + arn + " doesn't have an EventInvokeConfig");
}

std::string changeInvokeConfig(Context& context, Transaction& transaction, Function function,
                               AsynchronousSettings settings, const InvokeConfig& config) {
  config.checkDestinations(context, transaction, function);
  config.applyTo(settings);
  settings.configured_at = context.clock.now();
  function.asynchronous = std::move(settings);
  putSettings(context, transaction, function);
  std::string body;
  JsonWriter json(body);
  writeInvokeConfig(json, function);
  return body;
}

void writeInvokeConfig(JsonWriter& json, const Function& function) {
  const AsynchronousSettings& settings = function.asynchronous;
  json.beginObject();
  json.key("LastModified").value(toEpochSeconds(settings.configured_at.value_or(Timestamp())));
  json.key("FunctionArn").value(function.qualifiedArn());
  json.key("MaximumRetryAttempts").value(settings.maximum_retry_attempts);
  json.key("MaximumEventAgeInSeconds").value(static_cast<std::int64_t>(settings.maximum_event_age.count()));
  json.key("DestinationConfig").beginObject();
  writeDestination(json, "OnSuccess", settings.on_success);
  writeDestination(json, "OnFailure", settings.on_failure);
  json.endObject().endObject();
}

}  // namespace ddblog::lambda
