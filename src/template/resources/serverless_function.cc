// AWS::Serverless::Function: a function whose own properties override SAM's Globals, with the rules
// and event source mappings for its Events.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
#include <array>

#include "template/function_properties.h"
#include "template/mappings.h"
#include "template/resource.h"
#include "template/rules.h"
#include "template/sam_names.h"
#include "template/schedule_request.h"

namespace ddblog::templates {

namespace {

// Merges maps and concatenates lists; for other types, and for functions, the function's own value wins.
Node mergeGlobals(const Node& globals, const Node& own) {
  if (globals.isMap() && own.isMap() && !globals.function() && !own.function()) {
    Node merged = globals;
    merged.place = own.place;
    for (const Node::Member& mine : own.members) {
      const Node* inherited = globals.find(mine.name);
      merged.set(mine.name, inherited ? mergeGlobals(*inherited, mine.value) : mine.value);
    }
    return merged;
  }
  if (globals.isList() && own.isList()) {
    Node merged = globals;
    for (const Node& element : own.elements) merged.elements.push_back(element);
    return merged;
  }
  return own;
}

Properties withGlobals(Reading& reading, const Properties& own) {
  const Node* globals = reading.intrinsics.globals("Function");
  return globals ? Properties(mergeGlobals(*globals, own.node()), reading.intrinsics) : own;
}

// The function as events name it: the alias, if SAM publishes one.
std::string functionArn(Reading& reading, const Resource& function) {
  const std::string alias = aliasOf(reading.intrinsics, function.logical_id);
  const std::string arn = reading.intrinsics.arn(function.logical_id);
  return alias.empty() ? arn : arn + ":" + alias;
}

// `source`: the property with the source's ARN.
void addSource(Reading& reading, const Resource& function, const std::string& event_name, const Properties& event,
               const std::string& type, const char* source) {
  const auto arn = event.text(source);
  if (!arn) throw TemplateError("an event of type " + type + " must have a " + source, event.place());
  const std::string alias = aliasOf(reading.intrinsics, function.logical_id);
  addMapping(reading, function.logical_id + event_name, event, *arn,
             alias.empty() ? function.name : functionArn(reading, function));
}

// As SAM makes it: at most 64 bytes.
std::string targetId(const std::string& logical_id) {
  constexpr std::string_view kEnd = "LambdaTarget";
  return logical_id.substr(0, 64 - kEnd.size()) + std::string(kEnd);
}

// The function as a rule's target.
json::object functionTarget(Reading& reading, const Resource& function, const std::string& event_name,
                            const Properties& event) {
  json::object target = targetOf(event);
  target["Id"] = event.section("Target").text("Id").value_or(targetId(function.logical_id + event_name));
  target["Arn"] = functionArn(reading, function);
  target.erase("DeadLetterConfig");
  if (event.has("DeadLetterConfig")) {
    const Properties config = event.section("DeadLetterConfig");
    const std::string id = config.text("QueueLogicalId").value_or(function.logical_id + event_name + "Queue");
    const std::string arn =
        deliveryArn(reading, config.text("Arn").value_or(""), config.text("Type").value_or(""), id, config.place());
    if (!arn.empty()) target["DeadLetterConfig"] = {{"Arn", arn}};
  }
  return target;
}

constexpr std::array kRuleMembers = {"EventBusName", "State"};
constexpr std::array kScheduledRuleMembers = {"Description", "State"};

void addEventRule(Reading& reading, const Resource& function, const std::string& event_name, const Properties& event) {
  json::object rule = event.request(kRuleMembers);
  rule["Name"] = event.text("RuleName").value_or(reading.intrinsics.nameOf(function.logical_id + event_name));
  if (const auto pattern = event.jsonText("Pattern")) rule["EventPattern"] = *pattern;
  if (event.boolean("Enabled") == false) rule["State"] = "DISABLED";
  addRule(reading, function.logical_id + event_name, std::move(rule),
          {functionTarget(reading, function, event_name, event)}, event.place());
}

// A rule of the default bus with a schedule.
void addSchedule(Reading& reading, const Resource& function, const std::string& event_name, const Properties& event) {
  const auto schedule = event.text("Schedule");
  if (!schedule) throw TemplateError("an event of type Schedule must have a Schedule", event.place());
  json::object rule = event.request(kScheduledRuleMembers);
  rule["Name"] = event.text("Name").value_or(reading.intrinsics.nameOf(function.logical_id + event_name));
  rule["ScheduleExpression"] = *schedule;
  if (event.boolean("Enabled") == false) rule["State"] = "DISABLED";
  addRule(reading, function.logical_id + event_name, std::move(rule),
          {functionTarget(reading, function, event_name, event)}, event.place());
}

// A schedule of EventBridge Scheduler. SAM makes its role.
void addScheduleV2(Reading& reading, const Resource& function, const std::string& event_name, const Properties& event) {
  if (!event.text("ScheduleExpression")) {
    throw TemplateError("an event of type ScheduleV2 must have a ScheduleExpression", event.place());
  }
  json::object target = functionTarget(reading, function, event_name, event);
  target.erase("Id");
  if (const auto role = event.text("RoleArn")) target["RoleArn"] = *role;
  const std::string name = event.text("Name").value_or(reading.intrinsics.nameOf(function.logical_id + event_name));
  reading.app.schedules.push_back(scheduleRequest(reading, name, event, std::move(target)));
}

void addEvent(Reading& reading, const Resource& function, const std::string& event_name,
              const Properties& declaration) {
  const std::string type = declaration.text("Type").value_or("");
  const Properties properties = declaration.section("Properties");
  if (type == "DynamoDB") {
    addSource(reading, function, event_name, properties, type, "Stream");
  } else if (type == "SQS") {
    addSource(reading, function, event_name, properties, type, "Queue");
  } else if (type == "EventBridgeRule" || type == "CloudWatchEvent") {
    addEventRule(reading, function, event_name, properties);
  } else if (type == "Schedule") {
    addSchedule(reading, function, event_name, properties);
  } else if (type == "ScheduleV2") {
    addScheduleV2(reading, function, event_name, properties);
  } else if (type.empty()) {
    throw TemplateError("event " + event_name + " has no Type", declaration.place());
  } else {
    reading.findings.note(declaration.place(),
                          function.logical_id + "'s event " + event_name + " (" + type + ") does not run offline");
  }
}

void readServerlessFunction(Reading& reading, const Resource& resource) {
  const Resource function{resource.logical_id, resource.name, resource.declaration,
                          withGlobals(reading, resource.properties)};
  if (!addFunction(reading, function)) return;
  if (function.properties.node().given("FunctionUrlConfig")) {
    reading.findings.note(function.properties.placeOf("FunctionUrlConfig"),
                          function.logical_id + ": function URLs do not run offline");
  }
  const std::string alias = aliasOf(reading.intrinsics, resource.logical_id);
  if (!alias.empty()) reading.app.aliases.push_back({resource.name, alias});
  const Properties events = function.properties.section("Events");
  for (const Node::Member& event : events.node().members) {
    if (event.value.function() && !events.find(event.name)) continue;  // AWS::NoValue
    addEvent(reading, function, event.name, events.section(event.name));
  }
}

}  // namespace

extern const ResourceType kServerlessFunction;
const ResourceType kServerlessFunction{"AWS::Serverless::Function", readServerlessFunction};

}  // namespace ddblog::templates
