// AWS::Events::Rule: a PutRule and a PutTargets request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-events-rule.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readRule(Reading& reading, const Resource& resource) {
  json::object rule = resource.properties.object();
  rule["Name"] = resource.name;
  json::object targets{{"Rule", rule["Name"]}};
  if (const json::value* bus = rule.if_contains("EventBusName")) targets["EventBusName"] = *bus;
  if (const json::array* list = resource.properties.list("Targets")) {
    json::array of_rule;
    for (const json::value& target : *list) {
      of_rule.push_back(target.is_object() ? json::value(withRetryNumbers(target.get_object())) : target);
    }
    targets["Targets"] = std::move(of_rule);
  }
  rule.erase("Targets");
  if (const json::value* pattern = rule.if_contains("EventPattern"); pattern && !pattern->is_string()) {
    rule["EventPattern"] = json::serialize(*pattern);
  }
  reading.app.rules.push_back({std::move(rule), std::move(targets)});
}

}  // namespace

extern const ResourceType kRule;
const ResourceType kRule{"AWS::Events::Rule", "Name", "events", "rule/", readRule};

}  // namespace ddblog::templates
