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
extern const ResourceType kGlobalTable;
extern const ResourceType kLambdaAlias;
extern const ResourceType kLambdaFunction;
extern const ResourceType kLayerVersion;
extern const ResourceType kQueue;
extern const ResourceType kQueueInlinePolicy;
extern const ResourceType kQueuePolicy;
extern const ResourceType kRule;
extern const ResourceType kSchedule;
extern const ResourceType kScheduleGroup;
extern const ResourceType kServerlessFunction;
extern const ResourceType kServerlessLayerVersion;
extern const ResourceType kSimpleTable;

namespace {

constexpr std::array kTypes = {&kArchive,
                               &kDynamoDbTable,
                               &kEventBus,
                               &kEventInvokeConfig,
                               &kEventSourceMapping,
                               &kGlobalTable,
                               &kLambdaAlias,
                               &kLambdaFunction,
                               &kLayerVersion,
                               &kQueue,
                               &kQueueInlinePolicy,
                               &kQueuePolicy,
                               &kRule,
                               &kSchedule,
                               &kScheduleGroup,
                               &kServerlessFunction,
                               &kServerlessLayerVersion,
                               &kSimpleTable};

constexpr std::array kIrrelevant = {"AWS::CDK::Metadata",          "AWS::CloudFormation::WaitConditionHandle",
                                    "AWS::Events::EventBusPolicy", "AWS::Lambda::LayerVersionPermission",
                                    "AWS::Lambda::Permission",     "AWS::Lambda::Version",
                                    "AWS::Serverless::Connector"};

}  // namespace

const ResourceType* findResourceType(std::string_view type) {
  const auto found = std::ranges::find(kTypes, type, [](const ResourceType* known) { return known->type; });
  return found == kTypes.end() ? nullptr : *found;
}

bool isIrrelevantOffline(std::string_view type) {
  return type.starts_with("AWS::IAM::") || type.starts_with("AWS::Logs::") ||
         std::ranges::find(kIrrelevant, type) != kIrrelevant.end();
}

}  // namespace ddblog::templates
