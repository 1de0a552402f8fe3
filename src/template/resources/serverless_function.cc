// AWS::Serverless::Function: a function whose own properties override SAM's Globals, with the rules
// and event source mappings for its Events.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
#include "base/json_fields.h"
#include "template/function_properties.h"
#include "template/resource.h"
#include "template/schedule_request.h"

namespace ddblog::templates {

namespace {

// Merges maps and concatenates lists; for other types the function's own value wins.
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

Properties withGlobals(Reading& reading, const Properties& own) {
  const json::object* globals = objectOf(reading.document, "Globals");
  const json::object* of_functions = globals ? objectOf(*globals, "Function") : nullptr;
  if (!of_functions) return own;
  return Properties(mergeGlobals(reading.intrinsics.resolve(*of_functions).get_object(), own.object()));
}

// `source`: the property with the source's ARN.
void addMapping(Reading& reading, const Resource& function, const Properties& event, const std::string& type,
                const std::string& source) {
  const auto arn = event.text(source);
  if (!arn) throw TemplateError("an event of type " + type + " must have a " + source);
  json::object mapping = event.object();
  mapping.erase(source);
  mapping["EventSourceArn"] = *arn;
  mapping["FunctionName"] = function.name;
  reading.app.event_source_mappings.push_back(std::move(mapping));
}

// The function as a rule's target. SAM's DeadLetterConfig can also make a queue; then there is none here.
json::object targetOf(Reading& reading, const Resource& function, const std::string& event_name,
                      const Properties& event) {
  json::object target{{"Id", function.logical_id + event_name + "LambdaTarget"},
                      {"Arn", reading.intrinsics.arn(function.logical_id)}};
  for (const char* same : {"Input", "InputPath", "InputTransformer", "RetryPolicy"}) {
    if (const json::value* value = memberOf(event.object(), same)) target[same] = *value;
  }
  target = withRetryNumbers(std::move(target));
  if (const json::object* config = event.map("DeadLetterConfig")) {
    if (const auto queue = Properties(*config).text("Arn")) {
      target["DeadLetterConfig"] = json::object{{"Arn", *queue}};
    } else {
      reading.app.notes.push_back(function.logical_id + "'s event " + event_name +
                                  " has no dead-letter queue offline: its DeadLetterConfig has no Arn");
    }
  }
  return target;
}

void addRule(Reading& reading, const Resource& function, const std::string& event_name, const Properties& event) {
  const std::string name = event.text("RuleName").value_or(function.logical_id + event_name);
  json::object rule{{"Name", name}};
  json::object targets{{"Rule", name}};
  if (const auto bus = event.text("EventBusName")) {
    rule["EventBusName"] = *bus;
    targets["EventBusName"] = *bus;
  }
  if (const json::object* pattern = event.map("Pattern")) rule["EventPattern"] = json::serialize(*pattern);
  if (const auto state = event.text("State")) rule["State"] = *state;
  json::object target = targetOf(reading, function, event_name, event);
  if (const json::object* own = event.map("Target")) {
    if (const auto id = Properties(*own).text("Id")) target["Id"] = *id;
  }
  targets["Targets"] = json::array{std::move(target)};
  reading.app.rules.push_back({std::move(rule), std::move(targets)});
}

// A rule of the default bus with a schedule.
void addSchedule(Reading& reading, const Resource& function, const std::string& event_name, const Properties& event) {
  const auto schedule = event.text("Schedule");
  if (!schedule) throw TemplateError("an event of type Schedule must have a Schedule");
  const std::string name = event.text("Name").value_or(function.logical_id + event_name);
  json::object rule{{"Name", name}, {"ScheduleExpression", *schedule}};
  if (const auto description = event.text("Description")) rule["Description"] = *description;
  if (const auto state = event.text("State")) rule["State"] = *state;
  if (const auto enabled = event.text("Enabled"); enabled == "false") rule["State"] = "DISABLED";
  reading.app.rules.push_back(
      {std::move(rule), {{"Rule", name}, {"Targets", json::array{targetOf(reading, function, event_name, event)}}}});
}

// A schedule of EventBridge Scheduler. SAM makes its role.
void addScheduleV2(Reading& reading, const Resource& function, const std::string& event_name, const Properties& event) {
  if (!event.text("ScheduleExpression"))
    throw TemplateError("an event of type ScheduleV2 must have a ScheduleExpression");
  json::object target = targetOf(reading, function, event_name, event);
  target.erase("Id");
  if (const auto role = event.text("RoleArn")) target["RoleArn"] = *role;
  reading.app.schedules.push_back(scheduleRequest(reading.intrinsics.pseudo(),
                                                  event.text("Name").value_or(function.logical_id + event_name), event,
                                                  std::move(target)));
}

void addEvent(Reading& reading, const Resource& function, const std::string& event_name, const json::object& event) {
  const Properties declaration(event);
  const std::string type = declaration.text("Type").value_or("");
  const json::object* given = declaration.map("Properties");
  const Properties properties(given ? *given : json::object{});
  if (type == "DynamoDB") {
    addMapping(reading, function, properties, type, "Stream");
  } else if (type == "SQS") {
    addMapping(reading, function, properties, type, "Queue");
  } else if (type == "EventBridgeRule" || type == "CloudWatchEvent") {
    addRule(reading, function, event_name, properties);
  } else if (type == "Schedule") {
    addSchedule(reading, function, event_name, properties);
  } else if (type == "ScheduleV2") {
    addScheduleV2(reading, function, event_name, properties);
  } else if (type.empty()) {
    throw TemplateError("event " + event_name + " has no Type");
  } else {
    reading.app.notes.push_back(function.logical_id + "'s event " + event_name + " (" + type +
                                ") has no meaning offline");
  }
}

void readServerlessFunction(Reading& reading, const Resource& resource) {
  const Resource function{resource.logical_id, resource.name, resource.declaration,
                          withGlobals(reading, resource.properties)};
  reading.app.functions.push_back(readFunction(reading, function));
  const json::object* events = function.properties.map("Events");
  if (!events) return;
  for (const auto& event : *events) {
    const std::string event_name(event.key());
    if (!event.value().is_object()) throw TemplateError("event " + event_name + " must be a map");
    addEvent(reading, function, event_name, event.value().get_object());
  }
}

}  // namespace

extern const ResourceType kServerlessFunction;
const ResourceType kServerlessFunction{"AWS::Serverless::Function", "FunctionName", "lambda",
                                       "function:", readServerlessFunction};

}  // namespace ddblog::templates
