#include "template/template_function.h"

#include "base/json_fields.h"

namespace ddblog::templates {

namespace {

std::string destination(const Properties& config, std::string_view which) {
  const json::object* destinations = config.map("DestinationConfig");
  const json::value* found = destinations ? memberOf(*destinations, which) : nullptr;
  if (!found) return "";
  if (!found->is_object()) throw TemplateError(std::string(which) + " is no map");
  const auto arn = Properties(found->get_object()).text("Destination");
  if (!arn) throw TemplateError(std::string(which) + " wants a Destination: offline none is made for it");
  return *arn;
}

bool isBuiltInTrigger(const json::object& resource) {
  const json::value* metadata = resource.if_contains("Metadata");
  const json::value* ours =
      metadata && metadata->is_object() ? metadata->get_object().if_contains("DynamodbLog") : nullptr;
  const json::value* name = ours && ours->is_object() ? ours->get_object().if_contains("BuiltIn") : nullptr;
  if (!name) return false;
  if (!name->is_string() || name->get_string() != "trigger") {
    throw TemplateError("Metadata.DynamodbLog.BuiltIn knows only: trigger");
  }
  return true;
}

std::filesystem::path codeDirectory(const FunctionPlace& place, const Properties& properties) {
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
  const std::filesystem::path directory = (place.directory / uri).lexically_normal();
  if (!std::filesystem::is_directory(directory)) {
    throw TemplateError("the code directory " + directory.string() + " does not exist (not built yet?)");
  }
  return directory;
}

void addMapping(const FunctionPlace& place, const Properties& event, App& app) {
  json::object mapping = event.object();
  if (const auto stream = event.text("Stream")) {
    mapping["EventSourceArn"] = *stream;
  } else {
    throw TemplateError("an event of type DynamoDB wants the Stream");
  }
  mapping.erase("Stream");
  mapping["FunctionName"] = place.name;
  app.event_source_mappings.push_back(std::move(mapping));
}

void addRule(const FunctionPlace& place, const std::string& event_name, const Properties& event, App& app) {
  const std::string name = event.text("RuleName").value_or(place.logical_id + event_name);
  json::object rule{{"Name", name}};
  json::object targets{{"Rule", name}};
  if (const auto bus = event.text("EventBusName")) {
    rule["EventBusName"] = *bus;
    targets["EventBusName"] = *bus;
  }
  if (const json::object* pattern = event.map("Pattern")) rule["EventPattern"] = json::serialize(*pattern);
  if (const auto state = event.text("State")) rule["State"] = *state;
  json::object target{{"Id", place.logical_id + event_name + "LambdaTarget"}, {"Arn", place.arn}};
  if (const json::object* own = event.map("Target")) {
    if (const auto id = Properties(*own).text("Id")) target["Id"] = *id;
  }
  for (const char* same : {"Input", "InputPath", "InputTransformer", "RetryPolicy", "DeadLetterConfig"}) {
    if (const json::value* value = memberOf(event.object(), same)) target[same] = *value;
  }
  targets["Targets"] = json::array{std::move(target)};
  app.rules.push_back({std::move(rule), std::move(targets)});
}

}  // namespace

const json::value* Properties::find(std::string_view name) const { return memberOf(object_, name); }

std::optional<std::string> Properties::text(std::string_view name) const {
  const json::value* found = find(name);
  if (!found || found->is_null()) return std::nullopt;
  if (found->is_string()) return std::string(found->get_string());
  if (found->is_number() || found->is_bool()) return json::serialize(*found);
  throw TemplateError(std::string(name) + " wants a text");
}

std::optional<std::int64_t> Properties::integer(std::string_view name) const {
  const json::value* found = find(name);
  if (!found || found->is_null()) return std::nullopt;
  if (found->is_int64()) return found->get_int64();
  // Parameters are texts.
  if (found->is_string() && !found->get_string().empty() && found->get_string().size() < 10 &&
      std::string_view(found->get_string()).find_first_not_of("0123456789") == std::string_view::npos) {
    return std::stoll(std::string(found->get_string()));
  }
  throw TemplateError(std::string(name) + " wants an integer");
}

const json::object* Properties::map(std::string_view name) const {
  const json::value* found = find(name);
  if (!found || found->is_null()) return nullptr;
  if (!found->is_object()) throw TemplateError(std::string(name) + " wants a map");
  return &found->get_object();
}

const json::array* Properties::list(std::string_view name) const {
  const json::value* found = find(name);
  if (!found || found->is_null()) return nullptr;
  if (!found->is_array()) throw TemplateError(std::string(name) + " wants a list");
  return &found->get_array();
}

json::object mergeGlobals(const json::object& globals, const json::object& own) {
  json::object merged = globals;
  for (const auto& mine : own) {
    json::value& place = merged[mine.key()];
    if (place.is_object() && mine.value().is_object()) {
      place = mergeGlobals(place.get_object(), mine.value().get_object());
    } else if (place.is_array() && mine.value().is_array()) {
      for (const json::value& element : mine.value().get_array()) place.get_array().push_back(element);
    } else {
      place = mine.value();
    }
  }
  return merged;
}

void readInvokeConfig(const Properties& config, lambda::AsynchronousSettings& settings) {
  if (const auto retries = config.integer("MaximumRetryAttempts"))
    settings.maximum_retry_attempts = static_cast<int>(*retries);
  if (const auto age = config.integer("MaximumEventAgeInSeconds"))
    settings.maximum_event_age = std::chrono::seconds(*age);
  settings.on_failure = destination(config, "OnFailure");
  settings.on_success = destination(config, "OnSuccess");
}

lambda::Function readTemplateFunction(const FunctionPlace& place, const json::object& resource,
                                      const Properties& properties) {
  lambda::Function function;
  if (isBuiltInTrigger(resource)) {
    function = builtInTrigger(place.name);
  } else {
    function.name = place.name;
    function.runtime = properties.text("Runtime").value_or("");
    function.handler = properties.text("Handler").value_or("");
    if (function.runtime.empty()) throw TemplateError("a function wants a Runtime");
    function.code_directory = codeDirectory(place, properties);
  }
  function.description = properties.text("Description").value_or("");
  if (const auto seconds = properties.integer("Timeout")) function.timeout = std::chrono::seconds(*seconds);
  if (const auto megabytes = properties.integer("MemorySize")) function.memory_size = static_cast<int>(*megabytes);
  if (const auto reserved = properties.integer("ReservedConcurrentExecutions")) {
    function.reserved_concurrency = static_cast<int>(*reserved);
  }
  if (const json::object* environment = properties.map("Environment")) {
    const Properties settings(*environment);
    if (const json::object* variables = settings.map("Variables")) {
      const Properties values(*variables);
      for (const auto& variable : *variables) {
        function.environment[std::string(variable.key())] = values.text(variable.key()).value_or("");
      }
    }
  }
  if (const json::object* config = properties.map("EventInvokeConfig")) {
    readInvokeConfig(Properties(*config), function.asynchronous);
  }
  if (const json::object* queue = properties.map("DeadLetterQueue")) {
    function.dead_letter_arn = Properties(*queue).text("TargetArn").value_or("");
  } else if (const json::object* config = properties.map("DeadLetterConfig")) {
    function.dead_letter_arn = Properties(*config).text("TargetArn").value_or("");
  }
  return function;
}

void addFunctionEvents(const FunctionPlace& place, const Properties& properties, App& app) {
  const json::object* events = properties.map("Events");
  if (!events) return;
  for (const auto& one : *events) {
    const std::string event_name(one.key());
    if (!one.value().is_object()) throw TemplateError("event " + event_name + " is no map");
    const Properties declaration(one.value().get_object());
    const std::string type = declaration.text("Type").value_or("");
    const json::object* given = declaration.map("Properties");
    const Properties event(given ? *given : json::object{});
    if (type == "DynamoDB") {
      addMapping(place, event, app);
    } else if (type == "EventBridgeRule" || type == "CloudWatchEvent") {
      addRule(place, event_name, event, app);
    } else if (type.empty()) {
      throw TemplateError("event " + event_name + " has no Type");
    } else {
      app.notes.push_back(place.logical_id + "'s event " + event_name + " (" + type + ") has no meaning offline");
    }
  }
}

}  // namespace ddblog::templates
