// A CreateSchedule request from the properties of AWS::Scheduler::Schedule, or of SAM's event ScheduleV2, which are
// the same but for the target.
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "template/properties.h"
#include "template/resource.h"

namespace ddblog::templates {

// Dates of a template are texts, and its numbers may be. Without FlexibleTimeWindow there is none. A target's RoleArn
// that is not the ARN of a role (its role may be made in AWS only) becomes that of a role with the schedule's name.
// Its Arn and its dead-letter queue become those here. What cannot be a schedule's dead-letter queue is a note.
// Throws TemplateError for a date that is none.
json::object scheduleRequest(Reading& reading, const std::string& name, const Properties& properties,
                             json::object target);

}  // namespace ddblog::templates
