#include "template/function_properties.h"

#include <algorithm>

#include "template/function_code.h"
#include "template/queues.h"

namespace ddblog::templates {

namespace {

std::string destination(Reading& reading, const std::string& owner, const Properties& config, const char* which) {
  const Properties destinations = config.section("DestinationConfig");
  if (!destinations.has(which)) return "";
  const Properties one = destinations.section(which);
  return deliveryArn(reading, one.text("Destination").value_or(""), one.text("Type").value_or(""),
                     owner + "EventInvokeConfig" + which + "Queue", destinations.placeOf(which));
}

bool isBuiltInTrigger(const Node& declaration) {
  const Node* metadata = declaration.given("Metadata");
  const Node* ours = metadata ? metadata->given("DynamodbLog") : nullptr;
  const Node* name = ours ? ours->find("BuiltIn") : nullptr;
  if (!name) return false;
  if (name->text != kBuiltInTrigger) {
    throw TemplateError("Metadata.DynamodbLog.BuiltIn knows only: trigger", name->place);
  }
  return true;
}

// False, with a note: we have no such runtime.
bool canRun(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  const auto note = [&](const char* property, const std::string& what) {
    reading.findings.note(properties.placeOf(property), resource.logical_id + ": " + what);
    return false;
  };
  const Node* code = properties.find("Code");
  if (properties.text("PackageType") == "Image" || properties.has("ImageUri") || (code && code->given("ImageUri"))) {
    return note("PackageType", "container images do not run offline");
  }
  const std::string runtime = properties.text("Runtime").value_or("");
  if (runtime.empty()) return note("Runtime", "a function without a Runtime does not run");
  const bool has_modules = runtime.starts_with("nodejs") || runtime.starts_with("python3");
  if (has_modules && properties.text("Handler").value_or("").empty()) {
    return note("Handler", "a function without a Handler does not run");
  }
  if (has_modules || runtime.starts_with("provided")) return true;
  return note("Runtime", "the runtime " + runtime + " does not run offline (nodejs*, python3.*, provided.* do)");
}

std::map<std::string, std::string> environmentOf(const Properties& properties) {
  const Properties environment = properties.section("Environment");
  const Node* variables = environment.find("Variables");
  if (!variables) return {};
  if (!variables->isMap()) throw TemplateError("Value of property Variables must be an object", variables->place);
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : variables->members) {
    if (!value.isScalar() && !value.isNull()) {
      throw TemplateError("Value of property " + name + " must be of type String", value.place);
    }
    values[name] = value.text;
  }
  return values;
}

std::string deadLetterArn(Reading& reading, const Resource& resource) {
  for (const char* name : {"DeadLetterQueue", "DeadLetterConfig"}) {  // SAM's, CloudFormation's
    const Properties config = resource.properties.section(name);
    const std::string arn = config.text("TargetArn").value_or("");
    if (!arn.empty()) return deliveryArn(reading, arn, "", "", resource.properties.placeOf(name));
  }
  return "";
}

// The directories of the function's layers, when all layers are known.
void addLayers(Reading& reading, const Resource& resource) {
  const Node* layers = resource.properties.find("Layers");
  if (!layers) return;
  std::vector<Node> arns = layers->isList() ? layers->elements : std::vector<Node>{*layers};
  Collected& collected = reading.collected;
  Findings& findings = reading.findings;
  collected.when_complete.push_back([&collected, &findings, arns = std::move(arns), id = resource.logical_id,
                                     name = resource.name, place = resource.properties.placeOf("Layers")](App& app) {
    const auto function = std::ranges::find(app.functions, name, &App::Function::name);
    for (const Node& arn : arns) {
      const auto layer = collected.layers.find(arn.text);
      if (layer != collected.layers.end()) {
        function->layers.push_back(layer->second);
      } else {
        findings.note(place, id + ": the layer " + arn.text + " is not here: its files are not on the paths");
      }
    }
  });
}

void readSettings(const Properties& properties, App::Function& function) {
  function.description = properties.text("Description").value_or("");
  if (const auto seconds = properties.integer("Timeout")) function.timeout = std::chrono::seconds(*seconds);
  if (const auto megabytes = properties.integer("MemorySize")) function.memory_size = static_cast<int>(*megabytes);
  if (const auto reserved = properties.integer("ReservedConcurrentExecutions")) {
    function.reserved_concurrency = static_cast<int>(*reserved);
  }
  function.environment = environmentOf(properties);
}

}  // namespace

bool canDeliverTo(const PseudoParameters& pseudo, std::string_view arn) {
  const std::string place = ":" + pseudo.region + ":" + pseudo.account_id + ":";
  return arn.starts_with("arn:aws:lambda" + place + "function:") || arn.starts_with("arn:aws:sqs" + place) ||
         arn.starts_with("arn:aws:events" + place + "event-bus/") ||
         arn.starts_with("arn:aws:logs" + place + "log-group:");
}

std::string deliveryArn(Reading& reading, const std::string& arn, const std::string& type, const std::string& queue_id,
                        Place place) {
  if (arn.empty() && type == "SQS") {
    const std::string name = reading.intrinsics.nameOf(queue_id);
    reading.app.queues.push_back({{"QueueName", name}, {"Attributes", json::object()}});
    return "arn:aws:sqs:" + reading.intrinsics.pseudo().region + ":" + reading.intrinsics.pseudo().account_id + ":" +
           name;
  }
  const std::string here = localTarget(reading, arn, place);
  if (!here.empty() && canDeliverTo(reading.intrinsics.pseudo(), here)) return here;
  const std::string what = arn.empty() ? "a destination of type " + (type.empty() ? "unknown" : type) : arn;
  reading.findings.note(place, what + " gets nothing offline (functions, queues, buses and log groups do)");
  return "";
}

App::InvokeConfig readInvokeConfig(Reading& reading, const std::string& owner, const Properties& config) {
  App::InvokeConfig result;
  if (const auto retries = config.integer("MaximumRetryAttempts")) {
    result.maximum_retry_attempts = static_cast<int>(*retries);
  }
  if (const auto age = config.integer("MaximumEventAgeInSeconds")) {
    result.maximum_event_age = std::chrono::seconds(*age);
  }
  result.on_failure = destination(reading, owner, config, "OnFailure");
  result.on_success = destination(reading, owner, config, "OnSuccess");
  return result;
}

bool addFunction(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  App::Function function;
  if (isBuiltInTrigger(resource.declaration)) {
    function = builtInTrigger(resource.name);
  } else {
    function.name = resource.name;
    bool runs = canRun(reading, resource);
    if (runs) {
      function.runtime = properties.text("Runtime").value_or("");
      function.handler = properties.text("Handler").value_or("");
      runs = readCode(reading, resource, function);
    }
    if (!runs) {
      reading.collected.absent_functions.insert(resource.name);
      return false;
    }
  }
  readSettings(properties, function);
  function.invoke_config = readInvokeConfig(reading, resource.logical_id, properties.section("EventInvokeConfig"));
  function.dead_letter_arn = deadLetterArn(reading, resource);
  reading.app.functions.push_back(std::move(function));
  reading.collected.function_places[resource.name] = resource.place();
  addLayers(reading, resource);
  return true;
}

bool namesFunction(std::string_view name_or_arn, const App::Function& function) {
  return functionNameIn(name_or_arn) == function.name;
}

std::string functionNameIn(std::string_view name_or_arn) {
  constexpr std::string_view kMarker = ":function:";
  const std::size_t found = name_or_arn.find(kMarker);
  if (found != std::string_view::npos) {
    name_or_arn.remove_prefix(found + kMarker.size());
  } else if (name_or_arn.starts_with("arn:")) {
    return "";
  }
  return std::string(name_or_arn.substr(0, name_or_arn.find(':')));
}

}  // namespace ddblog::templates
