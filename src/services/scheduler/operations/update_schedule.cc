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
  UpdateSchedule(rpc::RequestReader& request, Context& context)
      : context_(context), schedule_(readSchedule(request, context)) {}

  std::string run(Transaction& transaction) const {
    context_.catalog.group(transaction, schedule_.group);
    const Schedule before = context_.catalog.schedule(transaction, schedule_.group, schedule_.name);
    const Timestamp now = context_.clock.now();
    const Schedule schedule = changed(before, schedule_, now);
    context_.catalog.put(transaction, schedule, now);
    warnOfTarget(schedule, context_);
    return arnAnswer(schedule, context_);
  }

 private:
  Context& context_;
  const Schedule schedule_;
};

}  // namespace

void addUpdateSchedule(rpc::RestApi& api, Context& context) {
  rpc::addWrite<UpdateSchedule>(api, {"PUT", "/schedules/{Name}", "UpdateSchedule"}, context);
}

}  // namespace ddblog::scheduler
