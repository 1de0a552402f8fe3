// PutSchedule (ours, to provision a template): creates a schedule or changes it to what the template says. One that
// is as the template says already goes on. A StartDate may be in the past, because the template may be older. One whose
// time zone this machine does not have is kept, and does not run; the log says so.
//
// {"Name": …, and the fields of CreateSchedule}. Rejects: as CreateSchedule, but not an existing schedule.
#include "rpc/operation.h"
#include "services/scheduler/operations/fields.h"
#include "services/scheduler/schedules/limits.h"
#include "services/scheduler/schedules/occurrences.h"
#include "services/scheduler/schedules/stored_schedule.h"

namespace ddblog::scheduler {

namespace {

class PutSchedule {
 public:
  PutSchedule(rpc::RequestReader& request, Context& context) : context_(context) {
    rpc::StringRule name_rule = nameRule();
    name_rule.required = true;
    const auto name = request.fields().string("Name", name_rule);
    schedule_ = readSchedule(request.fields());
    schedule_.name = name.value_or("");
    schedule_.group = readGroupName(request.fields());
    request.finish();
    checkSchedule(schedule_, context, true);
  }

  std::string run(Transaction& transaction) const {
    context_.catalog.group(transaction, schedule_.group);
    const Timestamp now = context_.clock.now();
    Schedule schedule = schedule_;
    schedule.created_at = schedule.modified_at = schedule.since = now;
    if (const auto before = context_.catalog.find(transaction, schedule.group, schedule.name)) {
      schedule = changed(*before, schedule_, before->modified_at);
      schedule.since = before->since;
      if (encodeSchedule(schedule) == encodeSchedule(*before)) return "{}";
      schedule = changed(*before, schedule_, now);
    } else if (context_.catalog.count(transaction) >= limits::kSchedules) {
      throw quotaExceeded("There can be 1,000,000 schedules at most.");
    }
    try {
      context_.catalog.put(transaction, schedule, now);
    } catch (const NoTimeZone& error) {
      context_.warn("schedule " + schedule.group + "/" + schedule.name + " does not run: " + error.what());
    }
    warnOfTarget(schedule, context_);
    return "{}";
  }

 private:
  Context& context_;
  Schedule schedule_;
};

}  // namespace

void addPutSchedule(rpc::JsonApi& api, Context& context) { rpc::addWrite<PutSchedule>(api, "PutSchedule", context); }

}  // namespace ddblog::scheduler
