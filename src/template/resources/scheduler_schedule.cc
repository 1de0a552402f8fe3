// AWS::Scheduler::Schedule: a CreateSchedule request.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-scheduler-schedule.html
#include "template/resource.h"
#include "template/schedule_request.h"

namespace ddblog::templates {

namespace {

void readSchedule(Reading& reading, const Resource& resource) {
  const Properties& properties = resource.properties;
  const json::object* target = properties.map("Target");
  if (!target) throw TemplateError("a schedule must have a Target");
  reading.app.schedules.push_back(scheduleRequest(reading.intrinsics.pseudo(), resource.name, properties, *target));
}

}  // namespace

extern const ResourceType kSchedule;
const ResourceType kSchedule{"AWS::Scheduler::Schedule", "Name", "scheduler", "schedule/default/", readSchedule};

}  // namespace ddblog::templates
