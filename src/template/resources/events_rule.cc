// AWS::Events::Rule: a PutRule and a PutTargets request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-rule.html
#include <array>

#include "template/resource.h"
#include "template/rules.h"

namespace ddblog::templates {

namespace {

constexpr std::array kProperties = {"Description", "EventBusName", "RoleArn", "ScheduleExpression", "State", "Tags"};

void readRule(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  json::object rule = properties.request(kProperties);
  rule["Name"] = resource.name;
  if (const auto pattern = properties.jsonText("EventPattern")) rule["EventPattern"] = *pattern;
  std::vector<json::object> targets;
  if (const Node* given = properties.find("Targets")) {
    if (!given->isList()) throw TemplateError("Value of property Targets must be of type List", given->place);
    for (const Node& one : given->elements) {
      if (!one.isMap()) throw TemplateError("Value of property Targets must be a list of objects", one.place);
      targets.push_back(targetOf(Properties(one, reading.intrinsics)));
    }
  }
  if (!addRule(reading, resource.logical_id, std::move(rule), std::move(targets), resource.place())) {
    ++reading.collected.left_out;
  }
}

}  // namespace

extern const ResourceType kRule;
const ResourceType kRule{"AWS::Events::Rule", readRule};

}  // namespace ddblog::templates
