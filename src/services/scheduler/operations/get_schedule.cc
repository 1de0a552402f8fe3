// GetSchedule: all settings of a schedule, defaults too. Rejects: broken constraints;
// ResourceNotFoundException.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"

namespace ddblog::scheduler {

namespace {

class GetSchedule {
 public:
  GetSchedule(rpc::RequestReader& request, Context& context)
      : context_(context),
        name_(request.pathParameter("Name", nameRule())),
        group_(request.query("groupName", nameRule()).value_or(std::string(kDefaultGroup))) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    context_.catalog.group(reader, group_);
    const Schedule schedule = context_.catalog.schedule(reader, group_, name_);
    std::string body;
    JsonWriter json(body);
    json.beginObject();
    json.key("ActionAfterCompletion").value(schedule.action_after_completion);
    json.key("Arn").value(context_.arns.schedule(schedule));
    json.key("CreationDate").value(toEpochSeconds(schedule.created_at));
    if (!schedule.description.empty()) json.key("Description").value(schedule.description);
    if (schedule.end) json.key("EndDate").value(toEpochSeconds(*schedule.end));
    json.key("FlexibleTimeWindow").beginObject();
    if (schedule.window_minutes) json.key("MaximumWindowInMinutes").value(*schedule.window_minutes);
    json.key("Mode").value(schedule.window_minutes ? "FLEXIBLE" : "OFF").endObject();
    json.key("GroupName").value(schedule.group);
    if (!schedule.kms_key_arn.empty()) json.key("KmsKeyArn").value(schedule.kms_key_arn);
    json.key("LastModificationDate").value(toEpochSeconds(schedule.modified_at));
    json.key("Name").value(schedule.name);
    json.key("ScheduleExpression").value(schedule.expression);
    json.key("ScheduleExpressionTimezone").value(schedule.time_zone);
    if (schedule.start) json.key("StartDate").value(toEpochSeconds(*schedule.start));
    json.key("State").value(schedule.state);
    json.key("Target").raw(json::serialize(schedule.target));
    json.endObject();
    return body;
  }

 private:
  Context& context_;
  const std::string name_;
  const std::string group_;
};

}  // namespace

void addGetSchedule(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetSchedule>(api, {"GET", "/schedules/{Name}", "GetSchedule"}, context);
}

}  // namespace ddblog::scheduler
