// The `events` of a function: event source mappings and rules.
// https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml#function-events
#include <algorithm>
#include <array>

#include "base/digests.h"
#include "base/json_fields.h"
#include "template/serverless/service_parts.h"

namespace ddblog::templates::serverless {

namespace {

constexpr std::array<std::string_view, 5> kRunningEvents = {"stream", "sqs", "eventBridge", "schedule",
                                                            "cloudwatchEvent"};
constexpr std::size_t kRuleNameBytes = 64;
constexpr std::size_t kHashedNameBytes = 31;  // of the name, before its hash

std::string md5Of(std::string_view text) {
  Md5 md5;
  md5.add(text);
  return std::string(bytesOf(md5.finish()));
}

// A name that is too long becomes its beginning and its hash.
std::string shortName(const std::string& name, const std::string& end) {
  if (name.size() <= kRuleNameBytes) return name;
  return name.substr(0, kHashedNameBytes - end.size()) + toHex(md5Of(name)) + "-" + end;
}

// What a source's ARN names, for the mapping's logical id.
std::string sourceName(const Tree& arn) {
  if (arn.isString()) {
    const std::string text(arn.string());
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return text.substr(text.rfind(':') + 1);
    return text.substr(slash + 1, text.find('/', slash + 1) - slash - 1);
  }
  for (const char* function : {"Fn::GetAtt", "Ref", "Fn::ImportValue"}) {
    const Tree* found = arn.find(function);
    if (!found) continue;
    const Tree* name = found->isList() && !found->elements.empty() ? &found->elements[0] : found;
    if (name->isString()) return std::string(name->string().substr(0, name->string().find('.')));
  }
  if (const Tree* join = arn.find("Fn::Join");
      join && join->elements.size() == 2 && !join->elements[1].elements.empty()) {
    const std::string last = scalarText(join->elements[1].elements.back().scalar);
    return last.substr(last.rfind('/') + 1);
  }
  return "Source";
}

bool isFunctionCall(const Tree& tree) {
  return tree.members.size() == 1 && (tree.members[0].first == "Ref" || tree.members[0].first.starts_with("Fn::"));
}

// As the framework writes object inputs and patterns: a text is taken as it is.
std::string jsonTextOf(const Tree& tree) {
  return tree.isString() ? std::string(tree.string()) : jsonText(jsonOf(tree));
}

struct Copied {
  const char* name;      // in serverless.yml
  const char* property;  // in CloudFormation
};

class EventReader {
 public:
  EventReader(Service& service, const ServiceFunction& function) : service_(service), function_(function) {}

  void read(Tree& event) {
    service_.variables.resolveNode(event);
    ++index_;
    if (event.isNull() || service_.variables.isStandIn(event)) return;
    const bool has_settings = event.isMap() && !event.members.empty();
    const std::string type = has_settings ? event.members[0].first : scalarText(event.scalar);
    if (has_settings) indentSettings(event);
    Tree& settings = has_settings ? event.members[0].second : event;
    if (std::ranges::find(kRunningEvents, type) == kRunningEvents.end()) {
      service_.notes.addAbout(function_.key, event.place,
                              "function " + function_.key + "'s event " + type + service_.isLeftOut(),
                              "the event " + type + service_.isLeftOut() + ", in ");
      return;
    }
    service_.variables.resolveNode(settings);
    if (settings.isNull()) {
      service_.notes.add(event.place, "function " + function_.key + "'s event " + type + " has no settings, so it" +
                                          service_.isLeftOut());
      return;
    }
    if (type == "stream") readStream(settings);
    if (type == "sqs") readQueue(settings);
    if (type == "eventBridge") readEventBridge(settings);
    if (type == "schedule") readSchedule(settings);
    if (type == "cloudwatchEvent") readCloudWatchEvent(settings);
  }

 private:
  // `- sqs:` with its settings beside it instead of below it.
  static void indentSettings(Tree& event) {
    if (!event.members[0].second.isNull() || event.members.size() == 1) return;
    Tree settings = event;
    settings.members.erase(settings.members.begin());
    event.members.resize(1);
    event.members[0].second = std::move(settings);
  }

  json::object functionArn() const { return {{"Fn::GetAtt", json::array{function_.logical_id, "Arn"}}}; }

  void copy(Tree& from, std::initializer_list<Copied> names, json::object& properties) {
    for (const auto& [name, property] : names) {
      if (const Tree* value = service_.whole(from, name)) properties[property] = jsonOf(*value);
    }
  }

  // What CloudFormation decides counts as enabled.
  bool isDisabled(Tree& settings) {
    const Tree* enabled = settings.isMap() ? service_.node(settings, "enabled") : nullptr;
    return enabled && enabled->kind == Tree::Kind::kScalar && scalarText(enabled->scalar) == "false";
  }

  // Whether an ARN says which source it is: an export of another stack, or a text that stands in, does not.
  bool isKnownArn(const Tree& arn) const {
    if (arn.isString()) return !service_.variables.isStandIn(arn);
    return !arn.find("Fn::ImportValue");
  }

  // The name that the offline plugins read, `tableName` or `queueName`, as an ARN. nullptr: there is none.
  const Tree* namedSource(Tree& settings, const char* member, const std::string& before, const std::string& after) {
    const Tree* name = service_.whole(settings, member);
    if (!name || !name->isString() || name->string().empty()) return nullptr;
    named_source_ = textTree(before + std::string(name->string()) + after, name->place);
    return &named_source_;
  }

  // The source's ARN: the settings themselves, or their member `arn`, or one of its name. nullptr: it does
  // not run here, and a note says so.
  const Tree* sourceOf(Tree& settings, const char* kind, std::string_view service_of_arn) {
    service_.variables.resolveNode(settings);
    const bool has_members = settings.isMap() && !isFunctionCall(settings);
    const Tree* arn = has_members ? service_.whole(settings, "arn") : &settings;
    if (has_members && !service_.is_for_aws && (!arn || !isKnownArn(*arn))) {
      const Tree* named = service_of_arn == ":sqs:"
                              ? namedSource(settings, "queueName", "arn:aws:sqs:::", "")
                              : namedSource(settings, "tableName", "arn:aws:dynamodb:::table/", "/stream/latest");
      if (named) arn = named;
    }
    if (!arn || arn->isList() || arn->isNull()) {
      throw TemplateError(settings.place.text() + ": function " + function_.key + "'s event " + kind + " needs an arn");
    }
    const bool is_elsewhere = arn->isString() && arn->string().find(service_of_arn) == std::string_view::npos;
    const bool is_kinesis = settings.isMap() && service_.text(settings, "type").value_or("") == "kinesis";
    if (!is_elsewhere && !is_kinesis) return arn;
    service_.notes.add(settings.place, "function " + function_.key + "'s event " + kind + " reads from " +
                                           (arn->isString() && !is_kinesis ? std::string(arn->string()) : "Kinesis") +
                                           ", which" + service_.isLeftOut());
    return nullptr;
  }

  void addMapping(Tree& settings, json::value arn, const std::string& logical_id, json::object properties) {
    properties["EventSourceArn"] = std::move(arn);
    properties["FunctionName"] = functionArn();
    properties["Enabled"] = !isDisabled(settings);
    const Tree* enabled = settings.isMap() ? service_.whole(settings, "enabled") : nullptr;
    if (enabled && enabled->isMap()) properties["Enabled"] = jsonOf(*enabled);
    if (settings.isMap()) {
      if (const auto type = service_.text(settings, "functionResponseType")) {
        properties["FunctionResponseTypes"] = json::array{*type};
      }
      if (const Tree* patterns = service_.whole(settings, "filterPatterns"); patterns && patterns->isList()) {
        json::array filters;
        for (const Tree& pattern : patterns->elements)
          filters.push_back(json::object{{"Pattern", jsonTextOf(pattern)}});
        properties["FilterCriteria"] = json::object{{"Filters", std::move(filters)}};
      }
    }
    service_.places[logical_id] = settings.place;
    service_.resources[logical_id] =
        json::object{{"Type", "AWS::Lambda::EventSourceMapping"}, {"Properties", std::move(properties)}};
  }

  void readStream(Tree& settings) {
    const Tree* arn = sourceOf(settings, "stream", ":dynamodb:");
    if (!arn) return;
    json::value stream = streamArn(service_, *arn);
    json::object properties{{"BatchSize", 10}, {"StartingPosition", "TRIM_HORIZON"}};
    if (settings.isMap()) {
      copy(settings,
           {{"batchSize", "BatchSize"},
            {"startingPosition", "StartingPosition"},
            {"batchWindow", "MaximumBatchingWindowInSeconds"},
            {"parallelizationFactor", "ParallelizationFactor"},
            {"maximumRetryAttempts", "MaximumRetryAttempts"},
            {"maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds"},
            {"bisectBatchOnFunctionError", "BisectBatchOnFunctionError"},
            {"tumblingWindowInSeconds", "TumblingWindowInSeconds"}},
           properties);
      addFailureDestination(settings, properties);
    }
    allow(service_, function_.key,
          {"dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"},
          stream);
    addMapping(settings, std::move(stream),
               function_.normalized + "EventSourceMappingDynamodb" + alphanumericName(sourceName(*arn)),
               std::move(properties));
  }

  void addFailureDestination(Tree& settings, json::object& properties) {
    Tree* destinations = service_.node(settings, "destinations");
    const Tree* target = destinations ? service_.whole(*destinations, "onFailure") : nullptr;
    if (!target) return;
    if (!service_.is_for_aws && isTopic(service_, *target)) {
      service_.notes.add(target->place,
                         "function " + function_.key + "'s onFailure is a topic, which gets nothing here");
      return;
    }
    if (target->isMap() && target->find("arn")) target = target->find("arn");
    json::value arn = queueArn(service_, *target);
    allowDelivery(service_, function_.key, arn);
    properties["DestinationConfig"] = json::object{{"OnFailure", json::object{{"Destination", std::move(arn)}}}};
  }

  void readQueue(Tree& settings) {
    const Tree* arn = sourceOf(settings, "sqs", ":sqs:");
    if (!arn) return;
    json::object properties{{"BatchSize", 10}};
    if (settings.isMap()) {
      copy(settings, {{"batchSize", "BatchSize"}, {"maximumBatchingWindow", "MaximumBatchingWindowInSeconds"}},
           properties);
      if (const Tree* most = service_.whole(settings, "maximumConcurrency")) {
        properties["ScalingConfig"] = json::object{{"MaximumConcurrency", jsonOf(*most)}};
      }
    }
    json::value queue = queueArn(service_, *arn);
    allow(service_, function_.key, {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}, queue);
    addMapping(settings, std::move(queue),
               function_.normalized + "EventSourceMappingSQS" + alphanumericName(sourceName(*arn)),
               std::move(properties));
  }

  json::object targetOf(Tree& settings, const std::string& id) {
    json::object target{{"Id", id}, {"Arn", functionArn()}};
    if (!settings.isMap()) return target;
    if (const Tree* input = service_.whole(settings, "input")) target["Input"] = jsonTextOf(*input);
    copy(settings, {{"inputPath", "InputPath"}}, target);
    if (Tree* transformer = service_.node(settings, "inputTransformer")) {
      json::object transformed;
      copy(*transformer, {{"inputPathsMap", "InputPathsMap"}, {"inputTemplate", "InputTemplate"}}, transformed);
      target["InputTransformer"] = std::move(transformed);
    }
    if (Tree* policy = service_.node(settings, "retryPolicy")) {
      json::object retries;
      copy(*policy, {{"maximumEventAge", "MaximumEventAgeInSeconds"}, {"maximumRetryAttempts", "MaximumRetryAttempts"}},
           retries);
      target["RetryPolicy"] = std::move(retries);
    }
    if (const Tree* queue = service_.whole(settings, "deadLetterQueueArn")) {
      target["DeadLetterConfig"] = json::object{{"Arn", queueArn(service_, *queue)}};
    }
    return target;
  }

  void addRule(Tree& settings, const std::string& logical_id, json::object properties, const std::string& target_id) {
    if (settings.isMap()) copy(settings, {{"description", "Description"}}, properties);
    properties["State"] = isDisabled(settings) ? "DISABLED" : "ENABLED";
    properties["Targets"] = json::array{targetOf(settings, target_id)};
    service_.places[logical_id] = settings.place;
    service_.resources[logical_id] = json::object{{"Type", "AWS::Events::Rule"}, {"Properties", std::move(properties)}};
    if (service_.is_for_aws) allowRule(service_, function_.logical_id, logical_id);
  }

  void readEventBridge(Tree& settings) {
    if (service_.variables.isStandIn(settings)) return;
    if (!settings.isMap()) throw TemplateError(settings.place.text() + ": an eventBridge event must be a map");
    const std::string end = "rule-" + std::to_string(index_);
    const std::string usual_name = function_.name + "-" + end;
    const std::string name = service_.text(settings, "name").value_or(shortName(usual_name, end));
    json::object properties{{"Name", name}};
    copy(settings, {{"schedule", "ScheduleExpression"}, {"pattern", "EventPattern"}}, properties);
    if (!properties.contains("ScheduleExpression") && !properties.contains("EventPattern")) {
      throw TemplateError(settings.place.text() + ": an eventBridge event needs a pattern or a schedule");
    }
    addBus(settings, properties);
    addRule(settings, alphanumericName(usual_name) + "EventBridgeRule", std::move(properties),
            shortName(name + "-target", "target"));
  }

  // The framework makes the bus that a name names. That of an ARN is of another stack, so it is made here too.
  void addBus(Tree& settings, json::object& properties) {
    const Tree* bus = service_.whole(settings, "eventBus");
    if (!bus) return;
    if (!bus->isString()) {
      properties["EventBusName"] = jsonOf(*bus);
      return;
    }
    const std::string given(bus->string());
    const bool is_arn = given.starts_with("arn:");
    const std::string name = is_arn ? given.substr(given.find('/') + 1) : given;
    if (name == "default") return;
    properties["EventBusName"] = name;
    const std::string declared = declaredAs(service_, "AWS::Events::EventBus", "Name", name);
    if (service_.is_for_aws && is_arn && declared.empty()) {
      properties["EventBusName"] = given;
      return;
    }
    if (service_.is_for_aws) {  // so that CloudFormation makes the bus before the rule
      const std::string bus_id = declared.empty() ? normalizedName(name) + "EventBridgeEventBus" : declared;
      properties["EventBusName"] = json::object{{"Ref", bus_id}};
    } else if (is_arn && declared.empty()) {
      service_.notes.add(bus->place, "the bus " + name + " is not declared in the file, so it is made here");
    }
    service_.places[normalizedName(name) + "EventBridgeEventBus"] = bus->place;
    service_.resources[normalizedName(name) + "EventBridgeEventBus"] =
        json::object{{"Type", "AWS::Events::EventBus"}, {"Properties", {{"Name", name}}}};
  }

  void readSchedule(Tree& settings) {
    std::vector<json::value> rates;
    if (settings.isMap()) {
      const Tree* rate = service_.whole(settings, "rate");
      if (rate && rate->isList()) {
        for (const Tree& one : rate->elements) rates.push_back(jsonOf(one));
      } else if (rate) {
        rates.push_back(jsonOf(*rate));
      }
    } else {
      rates.emplace_back(scalarText(settings.scalar));
    }
    if (rates.empty()) throw TemplateError(settings.place.text() + ": a schedule needs a rate");
    if (settings.isMap()) parseBody(settings);
    for (const json::value& rate : rates) {
      json::object properties{{"ScheduleExpression", rate}};
      if (settings.isMap() && rates.size() == 1) copy(settings, {{"name", "Name"}}, properties);
      const std::string number = std::to_string(++schedules_);
      if (!isOfScheduler(settings)) {
        addRule(settings, function_.normalized + "EventsRuleSchedule" + number, std::move(properties),
                function_.key + "Schedule");
      } else if (service_.is_for_aws) {
        deploySchedule(service_, function_, function_.normalized + "SchedulerSchedule" + number, settings, properties);
      } else {
        addSchedulerSchedule(settings, function_.normalized + "SchedulerSchedule" + number, std::move(properties));
      }
    }
  }

  // A rule has no time zone. Without `method`, the plugin serverless-local-schedule takes one.
  bool isOfScheduler(Tree& settings) {
    return settings.isMap() &&
           (service_.text(settings, "method") == "scheduler" || service_.node(settings, "timezone"));
  }

  void addSchedulerSchedule(Tree& settings, const std::string& logical_id, json::object properties) {
    json::object target = targetOf(settings, "");
    target.erase("Id");
    target["RoleArn"] = json::object{{"Fn::GetAtt", json::array{"IamRoleLambdaExecution", "Arn"}}};
    copy(settings, {{"description", "Description"}, {"timezone", "ScheduleExpressionTimezone"}}, properties);
    properties["State"] = isDisabled(settings) ? "DISABLED" : "ENABLED";
    properties["Target"] = std::move(target);
    properties["FlexibleTimeWindow"] = json::object{{"Mode", "OFF"}};
    service_.places[logical_id] = settings.place;
    service_.resources[logical_id] =
        json::object{{"Type", "AWS::Scheduler::Schedule"}, {"Properties", std::move(properties)}};
  }

  // The framework sends the JSON in a schedule's `input.body` as a structure.
  void parseBody(Tree& settings) {
    Tree* input = service_.node(settings, "input");
    Tree* body = input && input->isMap() ? service_.node(*input, "body") : nullptr;
    if (!body || !body->isString()) return;
    try {
      *body = treeOf(parseJson(body->string()), body->place);
    } catch (const std::invalid_argument&) {
      throw TemplateError(body->place.text() + ": the body of a schedule's input must be JSON");
    }
  }

  void readCloudWatchEvent(Tree& settings) {
    if (service_.variables.isStandIn(settings)) return;
    Tree* pattern = settings.isMap() ? service_.node(settings, "event") : nullptr;
    if (!pattern) throw TemplateError(settings.place.text() + ": a cloudwatchEvent needs an event");
    service_.variables.resolveAll(*pattern);
    json::object properties{{"EventPattern", jsonOf(*pattern)}};
    copy(settings, {{"name", "Name"}}, properties);
    addRule(settings, function_.normalized + "EventsRuleCloudWatchEvent" + std::to_string(++cloudwatch_events_),
            std::move(properties), function_.key + "CloudWatchEvent");
  }

  Service& service_;
  const ServiceFunction& function_;
  int index_ = 0;  // of the event, from 1
  int schedules_ = 0;
  int cloudwatch_events_ = 0;
  Tree named_source_;
};

}  // namespace

void readEvents(Service& service, const ServiceFunction& function, Tree& events) {
  if (service.variables.isStandIn(events)) return;
  if (!events.isList()) throw TemplateError(events.place.text() + ": events must be a list");
  EventReader reader(service, function);
  for (Tree& event : events.elements) reader.read(event);
}

}  // namespace ddblog::templates::serverless
