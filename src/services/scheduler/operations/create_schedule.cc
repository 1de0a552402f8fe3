// CreateSchedule: a new schedule, in a group. The same request once more, with the same ClientToken, gets the same
// answer.
//
// Rejects: broken constraints; an invalid expression, time zone, date or target;
// ResourceNotFoundException for the group; ConflictException if the schedule exists or the group is
// being deleted; ServiceQuotaExceededException.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"
#include "services/scheduler/schedules/limits.h"

namespace ddblog::scheduler {

namespace {

class CreateSchedule {
 public:
  CreateSchedule(rpc::RequestReader& request, Context& context)
      : context_(context), schedule_(readSchedule(request, context)) {}

  std::string run(Transaction& transaction) const {
    const Group group = context_.catalog.group(transaction, schedule_.group);
    const auto existing = context_.catalog.find(transaction, schedule_.group, schedule_.name);
    const bool is_repeated =
        existing && !existing->client_token.empty() && existing->client_token == schedule_.client_token;
    if (!is_repeated) create(transaction, group, existing.has_value());
    return arnAnswer(schedule_, context_);
  }

 private:
  void create(Transaction& transaction, const Group& group, bool exists) const {
    if (exists) throw conflict("Schedule " + schedule_.name + " already exists.");
    if (group.is_being_deleted) throw conflict("Schedule group " + group.name + " is being deleted.");
    if (context_.catalog.count(transaction) >= limits::kSchedules) {
      throw quotaExceeded("There can be 1,000,000 schedules at most.");
    }
    Schedule schedule = schedule_;
    schedule.created_at = schedule.modified_at = schedule.since = context_.clock.now();
    context_.catalog.put(transaction, schedule, schedule.created_at);
    warnOfTarget(schedule, context_);
  }

  Context& context_;
  const Schedule schedule_;
};

}  // namespace

void addCreateSchedule(rpc::RestApi& api, Context& context) {
  rpc::addWrite<CreateSchedule>(api, {"POST", "/schedules/{Name}", "CreateSchedule"}, context);
}

}  // namespace ddblog::scheduler
