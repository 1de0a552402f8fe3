// AWS::Scheduler::Schedule: a CreateSchedule request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-scheduler-schedule.html
#include <array>

#include "template/resource.h"
#include "template/schedule_request.h"

namespace ddblog::templates {

namespace {

constexpr std::array kTarget = {"Arn",
                                "DeadLetterConfig",
                                "EcsParameters",
                                "EventBridgeParameters",
                                "Input",
                                "KinesisParameters",
                                "RetryPolicy",
                                "RoleArn",
                                "SageMakerPipelineParameters",
                                "SqsParameters"};

void readSchedule(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  if (!properties.has("Target") || properties.isLeftOut("Target")) throw TemplateError("a schedule must have a Target");
  json::object target = properties.section("Target").request(kTarget);
  reading.app.schedules.push_back(scheduleRequest(reading, resource.name, properties, std::move(target)));
}

}  // namespace

extern const ResourceType kSchedule;
const ResourceType kSchedule{"AWS::Scheduler::Schedule", readSchedule};

}  // namespace ddblog::templates
