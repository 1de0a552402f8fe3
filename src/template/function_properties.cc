#include "template/function_properties.h"

#include "base/json_fields.h"

namespace ddblog::templates {

namespace {

std::string destination(const Properties& config, std::string_view which) {
  const json::object* destinations = config.map("DestinationConfig");
  const json::value* found = destinations ? memberOf(*destinations, which) : nullptr;
  if (!found) return "";
  if (!found->is_object()) throw TemplateError(std::string(which) + " must be a map");
  const auto arn = Properties(found->get_object()).text("Destination");
  if (!arn) throw TemplateError(std::string(which) + " must have a Destination: offline none is created for it");
  return *arn;
}

bool isBuiltInTrigger(const json::object& declaration) {
  const json::object* metadata = objectOf(declaration, "Metadata");
  const json::object* ours = metadata ? objectOf(*metadata, "DynamodbLog") : nullptr;
  const json::value* name = ours ? ours->if_contains("BuiltIn") : nullptr;
  if (!name) return false;
  if (!name->is_string() || name->get_string() != kBuiltInTrigger) {
    throw TemplateError("Metadata.DynamodbLog.BuiltIn knows only: trigger");
  }
  return true;
}

std::filesystem::path codeDirectory(const Reading& reading, const Properties& properties) {
  if (memberOf(properties.object(), "InlineCode")) {
    throw TemplateError("InlineCode does not run offline: put the code into a directory and name it in CodeUri");
  }
  const json::value* code = memberOf(properties.object(), "CodeUri");
  if (!code) code = memberOf(properties.object(), "Code");
  std::string uri = ".";
  if (code && code->is_string()) uri = std::string(code->get_string());
  if ((code && !code->is_string()) || uri.starts_with("s3://") || uri.ends_with(".zip") || uri.ends_with(".jar")) {
    throw TemplateError("offline a function's code is a directory: name it in CodeUri");
  }
  const std::filesystem::path directory = (reading.directory / uri).lexically_normal();
  if (!std::filesystem::is_directory(directory)) {
    throw TemplateError("the code directory " + directory.string() + " does not exist (not built yet?)");
  }
  return directory;
}

std::map<std::string, std::string> environmentOf(const Properties& properties) {
  std::map<std::string, std::string> environment;
  const json::object* given = properties.map("Environment");
  const Properties settings(given ? *given : json::object{});
  const json::object* variables = settings.map("Variables");
  if (!variables) return environment;
  const Properties values(*variables);
  for (const auto& variable : *variables) {
    environment[std::string(variable.key())] = values.text(variable.key()).value_or("");
  }
  return environment;
}

std::string deadLetterArn(const Properties& properties) {
  const json::object* config = properties.map("DeadLetterQueue");  // SAM's
  if (!config) config = properties.map("DeadLetterConfig");        // CloudFormation's
  return config ? Properties(*config).text("TargetArn").value_or("") : "";
}

}  // namespace

App::InvokeConfig readInvokeConfig(const Properties& config) {
  App::InvokeConfig result;
  if (const auto retries = config.integer("MaximumRetryAttempts")) {
    result.maximum_retry_attempts = static_cast<int>(*retries);
  }
  if (const auto age = config.integer("MaximumEventAgeInSeconds"))
    result.maximum_event_age = std::chrono::seconds(*age);
  result.on_failure = destination(config, "OnFailure");
  result.on_success = destination(config, "OnSuccess");
  return result;
}

App::Function readFunction(const Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  App::Function function;
  if (isBuiltInTrigger(resource.declaration)) {
    function = builtInTrigger(resource.name);
  } else {
    function.name = resource.name;
    function.runtime = properties.text("Runtime").value_or("");
    function.handler = properties.text("Handler").value_or("");
    if (function.runtime.empty()) throw TemplateError("a function must have a Runtime");
    function.code_directory = codeDirectory(reading, properties);
  }
  function.description = properties.text("Description").value_or("");
  if (const auto seconds = properties.integer("Timeout")) function.timeout = std::chrono::seconds(*seconds);
  if (const auto megabytes = properties.integer("MemorySize")) function.memory_size = static_cast<int>(*megabytes);
  if (const auto reserved = properties.integer("ReservedConcurrentExecutions")) {
    function.reserved_concurrency = static_cast<int>(*reserved);
  }
  function.environment = environmentOf(properties);
  if (const json::object* config = properties.map("EventInvokeConfig")) {
    function.invoke_config = readInvokeConfig(Properties(*config));
  }
  function.dead_letter_arn = deadLetterArn(properties);
  return function;
}

bool namesFunction(std::string_view name_or_arn, const App::Function& function) {
  return name_or_arn == function.name || name_or_arn.ends_with(":function:" + function.name);
}

}  // namespace ddblog::templates
