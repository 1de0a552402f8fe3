// AWS::Scheduler::ScheduleGroup: a CreateScheduleGroup request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-scheduler-schedulegroup.html
#include "template/resource.h"

namespace ddblog::templates {

namespace {

void readScheduleGroup(Reading& reading, const Resource& resource) {
  json::object request{{"Name", resource.name}};
  if (const json::array* tags = resource.properties.list("Tags")) request["Tags"] = *tags;
  reading.app.schedule_groups.push_back(std::move(request));
}

}  // namespace

extern const ResourceType kScheduleGroup;
const ResourceType kScheduleGroup{"AWS::Scheduler::ScheduleGroup", readScheduleGroup};

}  // namespace ddblog::templates
