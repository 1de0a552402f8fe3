// UpdateSchedule: replaces all settings of a schedule; those that are not given get their defaults.
//
// Rejects: as CreateSchedule; ResourceNotFoundException for the schedule.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"

namespace ddblog::scheduler {

namespace {

class UpdateSchedule {
 public:
  UpdateSchedule(rpc::RequestReader& request, Context& context) : context_(context) {
    const std::string name = request.pathParameter("Name", nameRule());
    schedule_ = readSchedule(request.fields());
    schedule_.name = name;
    schedule_.group = readGroupName(request.fields());
    request.finish();
    checkSchedule(schedule_, context);
  }

  std::string run(Transaction& transaction) const {
    context_.catalog.group(transaction, schedule_.group);
    const Schedule before = context_.catalog.schedule(transaction, schedule_.group, schedule_.name);
    const Timestamp now = context_.clock.now();
    const Schedule schedule = changed(before, schedule_, now);
    context_.catalog.put(transaction, schedule, now);
    warnOfTarget(schedule, context_);
    std::string body;
    JsonWriter(body).beginObject().key("ScheduleArn").value(context_.arns.schedule(schedule)).endObject();
    return body;
  }

 private:
  Context& context_;
  Schedule schedule_;
};

}  // namespace

void addUpdateSchedule(rpc::RestApi& api, Context& context) {
  rpc::addWrite<UpdateSchedule>(api, {"PUT", "/schedules/{Name}", "UpdateSchedule"}, context);
}

}  // namespace ddblog::scheduler
