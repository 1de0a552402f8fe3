#include <algorithm>
#include <array>

#include "template/resource.h"

namespace ddblog::templates {

// Each is defined in resources/<name>.cc.
extern const ResourceType kArchive;
extern const ResourceType kDynamoDbTable;
extern const ResourceType kEventBus;
extern const ResourceType kEventInvokeConfig;
extern const ResourceType kEventSourceMapping;
extern const ResourceType kLambdaFunction;
extern const ResourceType kQueue;
extern const ResourceType kQueuePolicy;
extern const ResourceType kRule;
extern const ResourceType kSchedule;
extern const ResourceType kScheduleGroup;
extern const ResourceType kServerlessFunction;
extern const ResourceType kSimpleTable;

namespace {

// Ignored, but other resources may refer to their names and ARNs.
constexpr ResourceType kRole{"AWS::IAM::Role", "RoleName", "iam", "role/"};
constexpr ResourceType kTopic{"AWS::SNS::Topic", "TopicName", "sns", ""};

constexpr std::array kTypes = {
    &kArchive,     &kDynamoDbTable, &kEventBus, &kEventInvokeConfig, &kEventSourceMapping, &kLambdaFunction,
    &kQueue,       &kQueuePolicy,   &kRule,     &kSchedule,          &kScheduleGroup,      &kServerlessFunction,
    &kSimpleTable, &kTopic,         &kRole};

}  // namespace

json::object withRetryNumbers(json::object target) {
  json::value* policy = target.if_contains("RetryPolicy");
  if (!policy || !policy->is_object()) return target;
  const Properties given(policy->get_object());
  for (const char* name : {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"}) {
    if (const auto number = given.integer(name)) policy->get_object()[name] = *number;
  }
  return target;
}

const ResourceType* findResourceType(std::string_view type) {
  const auto found = std::ranges::find(kTypes, type, [](const ResourceType* known) { return known->type; });
  return found == kTypes.end() ? nullptr : *found;
}

bool isIrrelevantOffline(std::string_view type) {
  return type.starts_with("AWS::IAM::") || type.starts_with("AWS::Logs::") || type == "AWS::Lambda::Permission" ||
         type == "AWS::Events::EventBusPolicy";
}

}  // namespace ddblog::templates
